import { currencyCodes } from '#money';
import { z } from 'zod';

/** Milliseconds since the epoch, by the clock of the service that says it. */
export const instant = z.int();

export const money = z.object({ amountMinor: z.int(), currency: z.enum(currencyCodes) });
