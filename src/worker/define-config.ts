import type { SluiceConfig } from './config-schema.js';

/** Gives the configuration its type; it is checked when it is loaded. */
export function defineConfig(config: SluiceConfig): SluiceConfig {
  return config;
}
