/** Fault tokens that clients put on their own charges. */
export const faultTokens = [
  'tok_fault_authorize_drop_after',
  'tok_fault_authorize_drop_before',
  'tok_fault_authorize_late',
  'tok_fault_authorize_hang',
  'tok_fault_authorize_duplicate',
  'tok_fault_authorize_decline_after_timeout',
  'tok_fault_capture_drop_after',
  'tok_fault_capture_drop_before',
  'tok_fault_capture_duplicate',
  'tok_fault_capture_late',
  'tok_fault_capture_error',
  'tok_fault_capture_refuse_always',
  'tok_fault_void_drop_after',
  'tok_fault_ledger_refuse',
] as const;

/** A card network for each bank. */
export const brandsWithFaults = ['visa', 'mastercard', 'amex', 'discover'] as const;
