import { registerAs } from '@nestjs/config';
import type { z } from 'zod';
import { kafkaSettingsAreWhole } from './kafka-settings.js';
import type { Token } from './provide.js';
import { readSettings } from './read-settings.js';
import { frameSettings, type FrameSettings } from './settings.js';

/** A service's settings, with the frame's, as a namespace of @nestjs/config. */
export interface ServiceSettings<Settings extends FrameSettings = FrameSettings> {
  /** Reads the environment at every call. @throws SettingsError that names every problem at once */
  (): Settings;
  /** The injection token: `@Inject(ledgerConfig.KEY) settings: LedgerSettings`. */
  readonly KEY: Token<Settings>;
  /** Reads the given environment. @throws SettingsError */
  readonly from: (environment: NodeJS.ProcessEnv) => Settings;
}

/**
 * Reads the environment when Nest makes the providers, not at import: a wrong setting then fails the start with one
 * message, and a test can set the environment first.
 *
 * @param name the service's name, with which the default of INSTANCE_ID begins
 * @param own the schema of the service's own settings
 */
export function serviceSettings<Own extends z.ZodObject>(
  name: string,
  own: Own,
): ServiceSettings<FrameSettings & z.infer<Own>> {
  type Settings = FrameSettings & z.infer<Own>;
  const schema: z.ZodObject = own.safeExtend(frameSettings.shape);
  const whole = schema.superRefine(kafkaSettingsAreWhole);
  const from = (environment: NodeJS.ProcessEnv): Settings => {
    const settings = readSettings(whole, environment) as Settings;
    return { ...settings, INSTANCE_ID: settings.INSTANCE_ID || `${name}-${process.pid}` };
  };
  const namespace = registerAs(name, () => from(process.env));
  return Object.assign(namespace as typeof namespace & { KEY: Token<Settings> }, { from });
}
