import { statement, type Sql } from '#postgres';

/** The parts of a schema by kind and name, in the words of the PostgreSQL catalog. */
export type Schema = ReadonlyMap<string, string>;

/** TypeORM's tables: executed migrations, and expressions of generated columns. */
const TYPEORMS_OWN = `('migrations', 'typeorm_metadata')`;

const relations = `pg_class AS relation WHERE relnamespace = 'public'::regnamespace AND relname NOT IN ${TYPEORMS_OWN}`;

const partsStatement = statement(
  'spec.schema_parts',
  `WITH relation AS (SELECT relation.* FROM ${relations})
   SELECT 'table ' || relname AS part, coalesce(obj_description(oid), '') AS definition FROM relation WHERE relkind = 'r'
   UNION ALL
   SELECT 'storage of ' || relname, reloptions::text FROM relation WHERE relkind = 'r' AND reloptions IS NOT NULL
   UNION ALL
   SELECT 'view ' || relname, pg_get_viewdef(oid) FROM relation WHERE relkind = 'v'
   UNION ALL
   SELECT 'column ' || relname || '.' || attname,
     concat_ws(' ', format_type(atttypid, atttypmod), nullif(attcollation::regcollation::text, '"default"'),
       CASE WHEN attnotnull THEN 'NOT NULL' END, 'identity ' || nullif(attidentity::text, ''),
       'generated ' || nullif(attgenerated::text, ''),
       -- Literals with and without a cast are the same number.
       'default ' || regexp_replace(pg_get_expr(adbin, adrelid), '^''(\\d+)''::bigint$', '\\1'),
       '-- ' || col_description(attrelid, attnum))
   FROM relation JOIN pg_attribute ON attrelid = relation.oid AND attnum > 0 AND NOT attisdropped
   LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
   WHERE relkind = 'r'
   UNION ALL
   SELECT 'constraint ' || conname || ' of ' || relname, pg_get_constraintdef(pg_constraint.oid)
   FROM relation JOIN pg_constraint ON conrelid = relation.oid WHERE contype <> 'n'
   UNION ALL
   SELECT 'index ' || indexrelid::regclass, pg_get_indexdef(indexrelid)
   FROM relation JOIN pg_index ON indrelid = relation.oid
   UNION ALL
   SELECT 'trigger ' || tgname, pg_get_triggerdef(pg_trigger.oid)
   FROM relation JOIN pg_trigger ON tgrelid = relation.oid WHERE NOT tgisinternal
   UNION ALL
   SELECT 'function ' || proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace`,
);

export async function schemaOf(sql: Sql): Promise<Schema> {
  const rows = await sql.query<{ part: string; definition: string }>(partsStatement);
  return new Map(rows.map(({ part, definition }) => [part, definition]));
}

/** The parts that are missing in one schema, or differ. */
export function differencesBetween(one: Schema, other: Schema): string[] {
  const parts = [...new Set([...one.keys(), ...other.keys()])];
  return parts.filter((part) => one.get(part) !== other.get(part)).sort();
}
