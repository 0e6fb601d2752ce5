import type { DynamicModule } from '@nestjs/common';
import { ConfigModule, registerAs } from '@nestjs/config';
import { settingsFrom } from './settings.js';

/** The settings as a namespace of @nestjs/config: the environment is read when Nest makes the providers. */
export const consoleConfig = registerAs('console', () => settingsFrom(process.env));

/** Reads the environment for the providers alone, and writes nothing to it. */
export function settingsOfEnvironment(): Promise<DynamicModule> {
  return ConfigModule.forRoot({
    load: [consoleConfig],
    isGlobal: true,
    cache: true,
    ignoreEnvFile: true,
    ignoreEnvVars: true,
    skipProcessEnv: true,
  });
}
