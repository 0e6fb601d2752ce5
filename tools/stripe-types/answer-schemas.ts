import assert from 'node:assert/strict';
import { join } from 'node:path';
import ts from 'typescript';
import { repositoryRoot } from '../../infra/local/repository.js';

/** JSON Schema, as far as answers need it. `false` allows nothing: such a property is absent. */
export type AnswerSchema = boolean | { readonly [keyword: string]: unknown };

export interface AnswerSchemas {
  /** The version of Stripe's API that the package's types describe. */
  readonly apiVersion: string;
  /** By the field `object` of what is served, and `deleted customer` for what is left of one that was deleted. */
  readonly objects: Readonly<Record<string, AnswerSchema>>;
  readonly $defs: Readonly<Record<string, AnswerSchema>>;
}

export interface Served {
  /** Values of the field `object`. Where a type allows another object, the schema allows none. */
  readonly objects: readonly string[];
  /** Values of `PaymentMethod.Type`. What a type says of others is absent. */
  readonly paymentMethods: readonly string[];
}

/**
 * Reads the type definitions of the `stripe` package. ts-json-schema-generator cannot serve: it names a type without its
 * namespace, and refuses `Charge.Card` beside `Card`; and an answer's types lead to every object that Stripe has.
 */
export function answerSchemas(served: Served): AnswerSchemas {
  const root = join(repositoryRoot, 'node_modules', 'stripe');
  const program = ts.createProgram([join(root, 'esm', 'stripe.esm.node.d.ts')], {
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    strict: true,
    skipLibCheck: true,
    types: [],
  });
  return new StripeTypes(program, root, served).schemas();
}

class StripeTypes {
  readonly #checker: ts.TypeChecker;
  readonly #definitions = new Map<string, AnswerSchema>();
  readonly #absent: ReadonlySet<string>;

  constructor(
    private readonly program: ts.Program,
    private readonly root: string,
    private readonly served: Served,
  ) {
    this.#checker = program.getTypeChecker();
    this.#absent = new Set(this.paymentMethods().filter((name) => !served.paymentMethods.includes(name)));
  }

  schemas(): AnswerSchemas {
    const all = this.objectTypes();
    const objects = Object.fromEntries(
      this.served.objects.flatMap((name) => {
        const named = all.filter((type) => this.literalOf(type, 'object') === name);
        const bases = new Set(named.flatMap((type) => type.getBaseTypes() ?? []));
        const types = named.filter((type) => !bases.has(type));
        const [deleted, existing] = [types.filter(isDeleted), types.filter((type) => !isDeleted(type))];
        assert(existing.length > 0, `the stripe package has no object "${name}"`);
        return [
          [name, this.oneOf(existing)],
          ...(deleted.length > 0 ? [[`deleted ${name}`, this.oneOf(deleted)]] : []),
        ];
      }),
    ) as Record<string, AnswerSchema>;
    const $defs = Object.fromEntries(this.definitionsIn(objects).toSorted(([a], [b]) => (a < b ? -1 : 1)));
    return { apiVersion: this.apiVersion(), objects, $defs };
  }

  /** Of several types, such as those of events, the field `type` tells which one an object is of. */
  private oneOf(types: readonly ts.Type[]): AnswerSchema {
    const schemas = types.map((type) => this.schemaOf(type)).filter((schema) => schema !== false);
    if (schemas.length === 1) return schemas[0]!;
    return { type: 'object', discriminator: { propertyName: 'type' }, required: ['type'], oneOf: schemas };
  }

  /** Those that the objects lead to. Others were read on the way to an object that is not served. */
  private definitionsIn(objects: Readonly<Record<string, AnswerSchema>>): [string, AnswerSchema][] {
    const reached = new Map<string, AnswerSchema>();
    const follow = (schema: unknown): void => {
      for (const [, name] of JSON.stringify(schema).matchAll(/"#\/\$defs\/([^"]+)"/g)) {
        if (reached.has(name!)) continue;
        reached.set(name!, this.#definitions.get(name!)!);
        follow(reached.get(name!));
      }
    };
    follow(objects);
    return [...reached];
  }

  private paymentMethods(): string[] {
    const [paymentMethod] = this.exportsOf('resources/PaymentMethods.d.ts').filter(
      ({ name }) => name === 'PaymentMethod',
    );
    const type =
      paymentMethod && this.#checker.getPropertyOfType(this.#checker.getDeclaredTypeOfSymbol(paymentMethod), 'type');
    const names = type && this.#checker.getTypeOfSymbol(type);
    assert(names?.isUnion(), 'the stripe package names the types of payment methods');
    return names.types.flatMap((name) => (name.isStringLiteral() ? [name.value] : []));
  }

  private apiVersion(): string {
    const [version] = this.exportsOf('apiVersion.d.ts').filter(({ name }) => name === 'ApiVersion');
    const type = version && this.#checker.getTypeOfSymbol(version);
    assert(type?.isStringLiteral(), 'the stripe package says its API version');
    return type.value;
  }

  /** The interfaces of `resources/` with an `object` field: what the API answers with. */
  private objectTypes(): ts.Type[] {
    const folder = join(this.root, 'esm', 'resources');
    return this.program
      .getSourceFiles()
      .filter(({ fileName }) => fileName.startsWith(folder) && !fileName.includes('/V2/'))
      .flatMap(({ fileName }) => this.exportsOf(fileName.slice(join(this.root, 'esm').length + 1)))
      .filter(({ flags }) => flags & ts.SymbolFlags.Interface)
      .map((symbol) => this.#checker.getDeclaredTypeOfSymbol(symbol));
  }

  private exportsOf(file: string): ts.Symbol[] {
    const source = this.program.getSourceFile(join(this.root, 'esm', file));
    const module = source && this.#checker.getSymbolAtLocation(source);
    return module ? this.#checker.getExportsOfModule(module) : [];
  }

  /** The one value that a field can have: of `object`, if the type is that of one of Stripe's objects. */
  private literalOf(type: ts.Type, name: string): string | undefined {
    const field = this.#checker.getPropertyOfType(type, name);
    const value = field && this.#checker.getNonNullableType(this.#checker.getTypeOfSymbol(field));
    return value?.isStringLiteral() ? value.value : undefined;
  }

  private schemaOf(type: ts.Type): AnswerSchema {
    if (type.isStringLiteral() || type.isNumberLiteral()) return { const: type.value };
    if (type.flags & ts.TypeFlags.BooleanLiteral) return { const: this.#checker.typeToString(type) === 'true' };
    if (type.flags & ts.TypeFlags.Null) return { type: 'null' };
    if (type.flags & ts.TypeFlags.Number) return { type: 'number' };
    if (type.flags & ts.TypeFlags.Boolean) return { type: 'boolean' };
    if (type.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown)) return true;
    if (type.isUnion()) return this.unionOf(type.types);
    if (isAnyString(type)) return { type: 'string' };
    // A class of the package's, which reads it from text.
    if (type.aliasSymbol?.name === 'Decimal') return { type: 'string' };
    if (this.#checker.isArrayType(type)) {
      return { type: 'array', items: this.schemaOf(this.#checker.getTypeArguments(type as ts.TypeReference)[0]!) };
    }
    assert(type.flags & ts.TypeFlags.Object, `no schema for the type ${this.#checker.typeToString(type)}`);
    const objectName = this.literalOf(type, 'object');
    if (objectName !== undefined && objectName !== 'list' && !this.served.objects.includes(objectName)) return false;
    return this.definitionOf(type);
  }

  private unionOf(types: readonly ts.Type[]): AnswerSchema {
    const present = types.filter(({ flags }) => !(flags & (ts.TypeFlags.Undefined | ts.TypeFlags.Void)));
    // The package lets an enumeration grow with the API. The version that is claimed has the values that are listed.
    const listed = present.some((type) => type.isStringLiteral());
    return anyOf(present.filter((type) => !(listed && isAnyString(type))).map((type) => this.schemaOf(type)));
  }

  private definitionOf(type: ts.Type): AnswerSchema {
    const name = this.nameOf(type);
    if (name === undefined) return this.fieldsOf(type);
    if (!this.#definitions.has(name)) {
      this.#definitions.set(name, true); // a type may contain itself
      this.#definitions.set(name, this.fieldsOf(type));
    }
    return this.#definitions.get(name) === false ? false : { $ref: `#/$defs/${name}` };
  }

  /** Undefined for a type that is written where it is used. */
  private nameOf(type: ts.Type): string | undefined {
    const symbol = type.aliasTypeArguments ? type.aliasSymbol : type.symbol;
    if (!symbol || symbol.name === '__type') return undefined;
    const parts = type.aliasTypeArguments ?? this.#checker.getTypeArguments(type as ts.TypeReference);
    const name = this.#checker.getFullyQualifiedName(symbol).replace(/^".*"\./, '');
    return [name, ...parts.map((part) => this.nameOf(part))].join('-of-');
  }

  /**
   * The package says `Partial<Charge>`. What Stripe sends is partial at every depth, and null stands for what was not
   * there: a metadata key that is new. So only the names are held to the type.
   */
  private changesOf(type: ts.Type): AnswerSchema {
    const names = this.#checker.getPropertiesOfType(this.#checker.getNonNullableType(type)).map(({ name }) => name);
    return { type: 'object', propertyNames: { enum: names } };
  }

  /** `false` if a field that must be there cannot be: an event about an object that is not served. */
  private fieldsOf(type: ts.Type): AnswerSchema {
    const fields = this.#checker.getPropertiesOfType(type).map((field) => {
      const isRequired = !(field.flags & ts.SymbolFlags.Optional);
      const isAbsent = !isRequired && this.#absent.has(field.name);
      const fieldType = this.#checker.getTypeOfSymbol(field);
      if (field.name === 'previous_attributes') return [field.name, this.changesOf(fieldType), isRequired] as const;
      return [field.name, isAbsent ? false : this.schemaOf(fieldType), isRequired] as const;
    });
    if (fields.some(([, schema, isRequired]) => isRequired && schema === false)) return false;
    const index = this.#checker.getIndexInfoOfType(type, ts.IndexKind.String);
    return {
      type: 'object',
      properties: Object.fromEntries(fields.filter(([, schema]) => schema !== false)),
      required: fields.filter(([, , isRequired]) => isRequired).map(([name]) => name),
      additionalProperties: index ? this.schemaOf(index.type) : false,
    };
  }
}

/** Of the package's two types of a deletable object, the one that has nothing but its id. */
const isDeleted = (type: ts.Type): boolean => type.symbol.name.startsWith('Deleted');

/** `string`, or `string & Record<never, never>`, the package's sign of an enumeration that may grow. */
const isAnyString = (type: ts.Type): boolean =>
  Boolean(type.flags & ts.TypeFlags.String) ||
  (type.isIntersection() && type.types.some(({ flags }) => flags & ts.TypeFlags.String));

function anyOf(schemas: readonly AnswerSchema[]): AnswerSchema {
  if (schemas.includes(true)) return true;
  const isConst = (schema: AnswerSchema): schema is { const: unknown } =>
    typeof schema === 'object' && 'const' in schema;
  const others = schemas.filter((schema) => schema !== false && !isConst(schema));
  const values = schemas.filter(isConst).map((schema) => schema.const);
  const all = [...(values.length > 0 ? [{ enum: values }] : []), ...others];
  return all.length === 0 ? false : all.length === 1 ? all[0]! : { anyOf: all };
}
