import assert from 'node:assert/strict';
import { Client } from 'pg';
import { sessionConfig, type SessionOptions } from './session.js';
import type { Statement } from './statement.js';

/** A node of EXPLAIN (FORMAT JSON), with the fields that are checked. */
export interface PlanNode {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Name'?: string;
  'Index Cond'?: string;
  Plans?: PlanNode[];
}

export interface IndexProbeCheck {
  session: SessionOptions;
  statements: readonly Statement[];
  /** Tables that grow. They may only be read by an index scan with a condition. */
  tables: readonly string[];
  /** Inserts at least a thousand rows into each of these tables. Called once, on empty tables. */
  grow: () => Promise<void>;
}

/**
 * @throws AssertionError unless every statement's generic plan probes the tables by index in three states: empty and
 * analyzed (a first start), grown with stale statistics (a first rush), grown and analyzed
 */
export async function assertIndexProbes({ session, statements, tables, grow }: IndexProbeCheck): Promise<void> {
  await withClient(session, (client) => client.query('ANALYZE'));
  await checkAll('empty');
  await grow();
  await checkAll('grown, statistics of the empty tables');
  await withClient(session, async (client) => {
    await client.query('ANALYZE');
    for (const table of tables) await assertGrown(client, table);
  });
  await checkAll('grown');

  /** Uses a new connection, so that no plan of an earlier state is cached. */
  async function checkAll(state: string): Promise<void> {
    await withClient(session, async (client) => {
      for (const statement of statements) {
        const plan = await explain(client, statement);
        const faults = slowPaths(plan, tables);
        assert(
          faults.length === 0,
          `${statement.name} (${state}): ${faults.join('; ')}\n${JSON.stringify(plan, null, 2)}`,
        );
      }
    });
  }
}

/** The generic plan of the statement in our sessions. Executes nothing. */
export async function explain(client: Client, statement: Statement): Promise<PlanNode> {
  await client.query(`PREPARE probe AS ${statement.text}`);
  try {
    const prepared = await client.query<{ parameters: number }>(
      `SELECT cardinality(parameter_types) AS parameters FROM pg_prepared_statements WHERE name = 'probe'`,
    );
    const nulls = Array<string>(prepared.rows[0]!.parameters).fill('NULL').join(', ');
    const explained = await client.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(
      `EXPLAIN (FORMAT JSON) EXECUTE probe${nulls && ` (${nulls})`}`,
    );
    return explained.rows[0]!['QUERY PLAN'][0].Plan;
  } finally {
    await client.query('DEALLOCATE probe');
  }
}

/** The nodes of a plan that slow down as the tables grow. Pure. */
export function slowPaths(plan: PlanNode, tables: readonly string[]): string[] {
  const faults: string[] = [];
  visit(plan, false);
  return faults;

  /** `limited`: a LIMIT above ends the scan early, such as for the oldest rows of an index. */
  function visit(node: PlanNode, limited: boolean): void {
    const type = node['Node Type'];
    const relation = node['Relation Name'];
    const watched = relation !== undefined && tables.includes(relation);
    if (type === 'Seq Scan' && watched) faults.push(`reads all of ${relation}`);
    if (type.startsWith('Index') && watched && !node['Index Cond'] && !limited) {
      faults.push(`walks all of ${node['Index Name']}`);
    }
    if (type === 'Bitmap Index Scan' && !node['Index Cond']) faults.push(`walks all of ${node['Index Name']}`);
    if ((type === 'Hash Join' || type === 'Merge Join') && relationsOf(node).some((name) => tables.includes(name))) {
      faults.push(`${type} over ${relationsOf(node).join(', ')}`);
    }
    const passesLimit = type === 'Limit' || (limited && ['LockRows', 'Result', 'Subquery Scan'].includes(type));
    for (const child of node.Plans ?? []) visit(child, passesLimit);
  }
}

function relationsOf(node: PlanNode): string[] {
  const own = node['Relation Name'] ? [node['Relation Name']] : [];
  return [...own, ...(node.Plans ?? []).flatMap(relationsOf)];
}

async function assertGrown(client: Client, table: string): Promise<void> {
  const { rows } = await client.query<{ reltuples: number }>(
    'SELECT reltuples FROM pg_class WHERE oid = $1::regclass',
    [table],
  );
  assert(rows[0]!.reltuples >= 1_000, `${table} has not grown: ${rows[0]!.reltuples} rows`);
}

async function withClient<T>(session: SessionOptions, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client(sessionConfig(session));
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
