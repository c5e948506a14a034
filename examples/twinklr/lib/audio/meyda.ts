import exported from 'meyda';

/** Meyda itself: its types tell of a default export that the CommonJS module, which Node.js loads, does not have. */
export const meyda = exported as unknown as typeof exported.default;
