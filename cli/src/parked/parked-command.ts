import { parseArgs } from 'node:util';
import type { Selection } from '#saga';

/** Each service's own database: the one door by which an operator changes something. */
export const databaseOf = { 'payments-api': 'payments', 'bank-gateway': 'bank_gateway', ledger: 'ledger' } as const;
export type ParkingService = keyof typeof databaseOf;
export const parkingServices = Object.keys(databaseOf) as ParkingService[];

export type ParkedCommand =
  | { readonly kind: 'list'; readonly services: readonly ParkingService[] }
  | { readonly kind: 'show'; readonly service: ParkingService; readonly event: string }
  | { readonly kind: 'replay'; readonly service: ParkingService; readonly selection: Selection }
  | { readonly kind: 'discard'; readonly service: ParkingService; readonly event: string; readonly reason: string };

export const usage = `npm run parked -- list [service]                        keys with a parked event, and what went wrong
npm run parked -- show <service> <position | event id>    one event in full, and what waits behind it
npm run parked -- replay <service> --key ch_…             what is parked under one key, in order
                                   --event <position | event id>    the same, by any of its events
                                   --error <part of an error>       all keys whose first event failed so
                                   --all
npm run parked -- discard <service> <position | event id> --reason "…"    never to be decided; its row stays

Services: ${parkingServices.join(', ')}. A replay takes up a key from its first event and stops at the first that
fails again. For another system than the one that npm start runs here, set DATABASE_URL.`;

/** What was written is no command; the message says what to do. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** @throws UsageError */
export function parseParkedCommand(words: readonly string[]): ParkedCommand {
  const { positionals, values } = read(words);
  const [kind = 'list', service, event] = positionals;
  switch (kind) {
    case 'list':
      return { kind, services: service === undefined ? parkingServices : [known(service)] };
    case 'show':
      return { kind, service: known(service), event: eventIn(event) };
    case 'replay':
      return { kind, service: known(service), selection: selectionIn(values) };
    case 'discard':
      if (!values.reason?.trim())
        throw new UsageError('discard needs a --reason: its row keeps it for whoever asks later');
      return { kind, service: known(service), event: eventIn(event), reason: values.reason.trim() };
    default:
      throw new UsageError(usage);
  }
}

function read(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      allowPositionals: true,
      options: {
        key: { type: 'string' },
        event: { type: 'string' },
        error: { type: 'string' },
        all: { type: 'boolean' },
        reason: { type: 'string' },
      },
    });
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n\n${usage}`);
  }
}

function known(service: string | undefined): ParkingService {
  if (service !== undefined && service in databaseOf) return service as ParkingService;
  throw new UsageError(
    `${service === undefined ? 'name a service' : `no service ${service}`}; there are: ${parkingServices.join(', ')}`,
  );
}

function eventIn(event: string | undefined): string {
  if (event) return event;
  throw new UsageError('name an event, by its position or its id: npm run parked -- list shows both');
}

function selectionIn({ key, event, error, all }: ReturnType<typeof read>['values']): Selection {
  const chosen: Selection[] = [
    ...(key ? [{ by: 'key', key } as const] : []),
    ...(event ? [{ by: 'event', event } as const] : []),
    ...(error ? [{ by: 'error', text: error } as const] : []),
    ...(all ? [{ by: 'all' } as const] : []),
  ];
  if (chosen.length === 1) return chosen[0]!;
  throw new UsageError('say what to replay, by one of --key, --event, --error and --all');
}
