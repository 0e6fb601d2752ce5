import { BEGINNING } from '#virtual-time';
import { bodyOf, type ClientResponseBody, type SimulatedClient } from './client.js';
import type { ListName, ListWalk } from '../operations/operation.js';
import { list } from '../operations/requests.js';

/** More pages than any list has. A longer pagination is an endless loop. */
const PAGES_MAX = 200;

type Parameters = Readonly<Record<string, string>>;

/** Reads all pages of a list. @param about id of the charge or refund that the list filters by, if any */
export async function walk(client: SimulatedClient, planned: ListWalk, about: string | undefined): Promise<void> {
  const { account, limit, direction } = planned;
  const path = pathOf(planned.list, about);
  const filters = { ...planned.filters, ...aboutOf(planned.list, about), ...createdOf(planned) };
  const page = async (parameters: Parameters): Promise<ClientResponseBody> => {
    const what = `lists ${path} ${Object.values(parameters).join(' ')}`;
    const { answer } = await client.ask({ account, call: list(path, { ...filters, ...parameters }), what });
    return bodyOf(answer);
  };
  let cursor: Parameters = direction === 'up' ? upFrom(await page({ limit: '100' })) : {};
  if (direction === 'up' && Object.keys(cursor).length === 0) return;
  for (let pages = 0; pages < PAGES_MAX; pages++) {
    const { data = [], has_more: more = false } = await page({ limit: String(limit), ...cursor });
    if (!more || data.length === 0) return;
    cursor = direction === 'up' ? { ending_before: data[0]!.id } : { starting_after: data.at(-1)!.id };
  }
}

/** Cursor for reading upwards: the last object of a long first page, if there is one. */
const upFrom = ({ data = [] }: ClientResponseBody): Parameters => {
  const last = data.at(-1);
  return last ? { ending_before: last.id } : {};
};

function pathOf(what: ListName, about: string | undefined): string {
  return what === 'refunds_of_charge' ? `/v1/charges/${about}/refunds` : `/v1/${what}`;
}

function aboutOf(what: ListName, about: string | undefined): Parameters {
  if (about === undefined || what === 'charges' || what === 'refunds_of_charge') return {};
  return what === 'refunds' ? { charge: about } : { source: about };
}

function createdOf({ createdFromMs, createdBeforeMs }: ListWalk): Parameters {
  const seconds = (ms: number): string => String(Math.floor((BEGINNING + ms) / 1_000));
  return {
    ...(createdFromMs === undefined ? {} : { 'created[gte]': seconds(createdFromMs) }),
    ...(createdBeforeMs === undefined ? {} : { 'created[lt]': seconds(createdBeforeMs) }),
  };
}
