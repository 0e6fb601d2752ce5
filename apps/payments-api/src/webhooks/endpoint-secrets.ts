import { Injectable } from '@nestjs/common';
import { KeyedHash } from '../accounts/keyed-hash.js';

const LENGTH = 32;

/** What signs an endpoint's deliveries. It follows from API_SECRET, so that no table and no backup holds one. */
@Injectable()
export class EndpointSecrets {
  constructor(private readonly hash: KeyedHash) {}

  /** @param version counts the rotations, from 1 */
  of(endpointId: string, version: number): string {
    return `whsec_${this.hash.token('webhook', `${endpointId} ${version}`, LENGTH)}`;
  }

  /** The newest first; during a rotation's overlap two. */
  allOf({ endpointId, version, hasOverlap }: { endpointId: string; version: number; hasOverlap: boolean }): string[] {
    const before = hasOverlap && version > 1 ? [this.of(endpointId, version - 1)] : [];
    return [this.of(endpointId, version), ...before];
  }
}
