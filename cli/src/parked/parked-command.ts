import type { Selection } from '#saga';
import { CommandError } from '../command.js';
import { noSuch } from '../nearest.js';
import { readWords } from '../read-words.js';

/** Each service's own database: the one door by which an operator changes something. */
export const databaseOf = { 'payments-api': 'payments', 'bank-gateway': 'bank_gateway', ledger: 'ledger' } as const;
export type ParkingService = keyof typeof databaseOf;
export const parkingServices = Object.keys(databaseOf) as ParkingService[];

export type ParkedCommand =
  | { readonly kind: 'list'; readonly services: readonly ParkingService[] }
  | { readonly kind: 'show'; readonly service: ParkingService; readonly event: string }
  | { readonly kind: 'replay'; readonly service: ParkingService; readonly selection: Selection }
  | { readonly kind: 'discard'; readonly service: ParkingService; readonly event: string; readonly reason: string };

export const usage = `holdfast parked [list] [service]                         keys with a parked event, and what went wrong
holdfast parked show <service> <position | event id>     one event in full, and what waits behind it
holdfast parked replay <service> --key ch_…              what is parked under one key, in order
                                 --event <position | event id>    the same, by any of its events
                                 --error <part of an error>       all keys whose first event failed so
                                 --all
holdfast parked discard <service> <position | event id> --reason "…"    never to be decided; its row stays

Services: ${parkingServices.join(', ')}. A replay takes up a key from its first event and stops at the first that
fails again. DATABASE_URL names another system than the one that runs here.`;

/** @throws CommandError */
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
        throw new CommandError('discard needs a --reason, which the event keeps: --reason "…"');
      return { kind, service: known(service), event: eventIn(event), reason: values.reason.trim() };
    default:
      throw new CommandError(noSuch('holdfast parked', kind, kinds));
  }
}

const kinds = ['list', 'show', 'replay', 'discard'] as const;

function read(words: readonly string[]) {
  return readWords('parked', words, {
    key: { type: 'string' },
    event: { type: 'string' },
    error: { type: 'string' },
    all: { type: 'boolean' },
    reason: { type: 'string' },
  });
}

function known(service: string | undefined): ParkingService {
  if (service !== undefined && service in databaseOf) return service as ParkingService;
  throw new CommandError(
    service === undefined
      ? `Name a service; there are: ${parkingServices.join(', ')}.`
      : noSuch('service', service, parkingServices),
  );
}

function eventIn(event: string | undefined): string {
  if (event) return event;
  throw new CommandError('name an event, by its position or its id: holdfast parked shows both');
}

function selectionIn({ key, event, error, all }: ReturnType<typeof read>['values']): Selection {
  const chosen: Selection[] = [
    ...(key ? [{ by: 'key', key } as const] : []),
    ...(event ? [{ by: 'event', event } as const] : []),
    ...(error ? [{ by: 'error', text: error } as const] : []),
    ...(all ? [{ by: 'all' } as const] : []),
  ];
  if (chosen.length === 1) return chosen[0]!;
  throw new CommandError('say what to replay, by one of --key, --event, --error and --all');
}
