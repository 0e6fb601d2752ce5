/** URLs of the services' admin APIs. Of a service with several instances any one will do: they share what they know. */
export interface AdminDoors {
  readonly payments: readonly string[];
  readonly gateway: readonly string[];
  readonly ledger: readonly string[];
  readonly banks: readonly string[];
}
