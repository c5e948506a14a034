import type { Effect } from '../shapes.js';

/** What each effect of xLights is set to beside its brightness. */
const SETTINGS: Readonly<Record<Effect['name'], Readonly<Record<string, string>>>> = {
  On: { E_TEXTCTRL_Eff_On_Start: '100', E_TEXTCTRL_Eff_On_End: '100' },
  'Color Wash': { E_TEXTCTRL_ColorWash_Cycles: '1.0', E_CHECKBOX_ColorWash_CircularPalette: '1' },
  SingleStrand: { E_NOTEBOOK_SSEFFECT_TYPE: 'Chase', E_CHOICE_Chase_Type1: 'Left-Right' },
  Shockwave: { E_SLIDER_Shockwave_Start_Radius: '1', E_SLIDER_Shockwave_End_Radius: '100' },
  Spirals: { E_SLIDER_Spirals_Count: '2', E_TEXTCTRL_Spirals_Movement: '1.0' },
  Twinkle: { E_SLIDER_Twinkle_Count: '5', E_SLIDER_Twinkle_Steps: '30' },
  Text: { E_CHOICE_Text_Dir: 'left', E_SLIDER_Text_XStart: '0' },
};

/** The settings as xLights writes them, `KEY=value` with commas between; a comma in a text would end its value. */
export function settingsOf(effect: Effect): string {
  const words = effect.text === null ? {} : { E_TEXTCTRL_Text: effect.text.replaceAll(',', ';') };
  const brightness = { B_SLIDER_Brightness: String(Math.round(effect.intensity * 100)) };
  return Object.entries({ ...words, ...SETTINGS[effect.name], ...brightness })
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
}
