import { z } from 'zod';
import type { AllowedHosts } from './local-door.js';

/** The setting ALLOWED_HOSTS: host names separated by commas, without ports. */
export const allowedHosts = z
  .string()
  .default('')
  .transform((text): AllowedHosts =>
    text
      .split(',')
      .map((name) => name.trim().toLowerCase())
      .filter((name) => name !== ''),
  )
  .pipe(z.array(z.string().regex(/^[a-z0-9._-]+$/, 'expected host names without ports, separated by commas')));
