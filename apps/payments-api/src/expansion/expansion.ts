import { Injectable } from '@nestjs/common';
import type { Sql } from '#postgres';
import { jsonText } from '../protocol/json-text.js';
import type { ApiResponse } from '../protocol/stripe-error.js';

/** Reads objects of one kind by id, as the API shows them unexpanded. Those of other accounts are left out. */
export type ReadObjects = (sql: Sql, account: string, ids: readonly string[]) => Promise<ReadonlyMap<string, object>>;

type Json = Record<string, unknown>;

/** Puts objects in the place of their ids, along the paths of `expand[]`, whichever aggregate they belong to. */
@Injectable()
export class Expansion {
  private readonly readers = new Map<string, ReadObjects>();

  /** @param prefix of the ids: `cus` */
  register(prefix: string, read: ReadObjects): void {
    this.readers.set(prefix, read);
  }

  /**
   * Expands in place. All ids of one level and kind are read at once.
   *
   * @param sql the transaction that changed what is shown, or the database
   */
  async expand<Shown extends object>(
    sql: Sql,
    account: string,
    objects: readonly Shown[],
    paths: readonly string[],
  ): Promise<readonly Shown[]> {
    const properties = Map.groupBy(paths, (path) => path.split('.', 1)[0]!);
    for (const [property, through] of properties) {
      const holders = (objects as readonly Json[]).filter((object) => property in object);
      await this.replaceIds(sql, account, holders, property);
      const inner = through.flatMap((path) => path.slice(property.length + 1) || []);
      const next = holders.flatMap((holder) => innerObjects(holder[property]));
      if (inner.length > 0 && next.length > 0) await this.expand(sql, account, next, inner);
    }
    return objects;
  }

  /** Expands a stored answer; an error stays as it is. */
  async answer(sql: Sql, account: string, answer: ApiResponse, paths: readonly string[]): Promise<ApiResponse> {
    if (paths.length === 0 || answer.status !== 200) return answer;
    const [object] = await this.expand(sql, account, [JSON.parse(answer.body) as Json], paths);
    return { ...answer, body: jsonText(object!) };
  }

  private async replaceIds(sql: Sql, account: string, holders: readonly Json[], property: string): Promise<void> {
    const ids = new Set(holders.map((holder) => holder[property]).filter((value) => typeof value === 'string'));
    for (const [prefix, wanted] of Map.groupBy(ids, (id) => id.split('_', 1)[0]!)) {
      const found = await this.readers.get(prefix)?.(sql, account, wanted);
      for (const holder of holders) {
        const object = found?.get(holder[property] as string);
        // Each holder has a copy: paths go on inside it.
        if (object) holder[property] = structuredClone(object);
      }
    }
  }
}

function innerObjects(value: unknown): Json[] {
  if (Array.isArray(value)) return value.filter((item): item is Json => typeof item === 'object' && item !== null);
  return typeof value === 'object' && value !== null ? [value as Json] : [];
}
