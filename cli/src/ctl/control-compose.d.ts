import type { CtlCommand, Verb } from './ctl-command.js';

/** Docker did not do it, or a container did not become ready. The message is for the user. */
export class ComposeRefused extends Error {}

/** The word of docker compose for each verb. */
export declare const composeVerbs: Readonly<Record<Verb, string>>;

/** The words by which `docker` finds the system of a clone. */
export function composeIn(folder: string): string[];

export interface ContainerRow {
  readonly name: string;
  readonly state: string;
  readonly details: string;
}

/**
 * Runs one command as docker compose kill, pause, unpause, restart, stop or start, until it has taken effect.
 *
 * @returns the containers of the command, or all of them without a command
 * @throws ComposeRefused
 */
export function controlCompose(folder: string, command?: CtlCommand): Promise<ContainerRow[]>;

/** A process with its state, as `holdfast ctl` prints it. */
export function lineOf(row: ContainerRow): string;
