import assert from 'node:assert/strict';
import type { Type } from '@nestjs/common';
import { classMaking, type ProviderToken, type Wiring } from './wiring.js';

interface Hooks {
  onModuleInit?(): unknown;
  onApplicationBootstrap?(): unknown;
}

/**
 * One instance of a service, made from its modules' providers in Nest's order. A thousand times faster than Nest, since
 * the metadata is read only once. `ports` are given.
 */
export class AssembledService {
  readonly #made = new Map<ProviderToken, Promise<unknown>>();
  readonly #values = new Map<ProviderToken, unknown>();
  readonly #instances = new Map<Type, object>();

  private constructor(
    private readonly wiring: Wiring,
    private readonly ports: ReadonlyMap<ProviderToken, unknown>,
  ) {}

  static async of(wiring: Wiring, ports: ReadonlyMap<ProviderToken, unknown>): Promise<AssembledService> {
    const assembled = new AssembledService(wiring, ports);
    for (const { token } of wiring.makings) await assembled.#make(token);
    const made = new Set(assembled.#values.values()) as Set<Hooks | null | undefined>;
    for (const value of made) await value?.onModuleInit?.();
    for (const value of made) await value?.onApplicationBootstrap?.();
    return assembled;
  }

  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- as Nest's own `get`
  get<T>(token: ProviderToken): T {
    assert(this.has(token), `no provider of ${String(token)}`);
    return (this.ports.has(token) ? this.ports.get(token) : this.#values.get(token)) as T;
  }

  has(token: ProviderToken): boolean {
    return this.ports.has(token) || this.#values.has(token);
  }

  /** An instance of a class that no module provides, with its dependencies: a controller, a route's guard. */
  instance(type: Type): object {
    let instance = this.#instances.get(type);
    if (!instance) {
      const { needs, make } = classMaking(type, type);
      instance = make(...needs.map((token) => this.get(token))) as object;
      this.#instances.set(type, instance);
    }
    return instance;
  }

  /** All controllers of the modules. */
  controllers(): object[] {
    return this.wiring.controllers.map((type) => this.instance(type));
  }

  #make(token: ProviderToken): Promise<unknown> {
    if (this.ports.has(token)) return Promise.resolve(this.ports.get(token));
    let made = this.#made.get(token);
    if (!made) this.#made.set(token, (made = this.#build(token)));
    return made;
  }

  async #build(token: ProviderToken): Promise<unknown> {
    const making = this.wiring.byToken.get(token);
    if (!making) throw new Error(`no provider of ${String(typeof token === 'function' ? token.name : token)}`);
    const parts: unknown[] = [];
    for (const need of making.needs) parts.push(await this.#make(need));
    const value = await making.make(...parts);
    this.#values.set(token, value);
    return value;
  }
}
