/** The look of the report page. Prints well, reads on a phone. */
export const PAGE_STYLE = `
:root { color-scheme: light; }
* { box-sizing: border-box; }
body { margin: 0; font: 14px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; color: #1f2933; background: #f5f7fa; }
main { max-width: 1120px; margin: 0 auto; padding: 32px 24px 64px; }
h1 { font-size: 26px; line-height: 1.2; margin: 0; }
h2 { font-size: 16px; margin: 0 0 2px; }
p { margin: 0; }
.soft { color: #616e7c; }
header { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: baseline; gap: 4px 24px; margin-bottom: 20px; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(210px, 1fr)); gap: 12px; margin: 0 0 16px; }
.card, section { background: #fff; border: 1px solid #e4e7eb; border-radius: 10px; }
.card { padding: 12px 16px; }
.card dt { color: #616e7c; font-size: 12px; }
.card dd { margin: 0; font-size: 22px; font-weight: 600; line-height: 1.3; }
.card dd.more { font-size: 12px; font-weight: 400; color: #616e7c; }
.good { color: #2f9e6e; } .bad { color: #d64545; } .late { color: #c05621; }
section { padding: 16px 20px; margin: 0 0 16px; overflow-x: auto; }
section > p.soft { margin-bottom: 10px; font-size: 13px; }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(420px, 1fr)); gap: 16px; }
.pair section { min-width: 0; }
figure { margin: 0; }
figure svg { display: block; width: 100%; height: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: 6px 14px 6px 0; border-bottom: 1px solid #eef1f4; vertical-align: top; }
th { color: #616e7c; font-weight: 500; font-size: 12px; white-space: nowrap; }
tr:last-child td { border-bottom: 0; }
td.n, th.n { text-align: right; white-space: nowrap; }
td.w { white-space: nowrap; color: #616e7c; }
td.id { overflow-wrap: anywhere; }
ul { margin: 6px 0 0; padding-left: 18px; }
li { overflow-wrap: anywhere; }
footer { color: #616e7c; font-size: 12px; margin-top: 8px; }
@media (max-width: 560px) { main { padding: 16px 12px 32px; } .pair { grid-template-columns: 1fr; } }
@media print { body { background: #fff; } main { max-width: none; padding: 0; } section, .card { break-inside: avoid; } }
`;
