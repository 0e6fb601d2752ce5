import { createContext, useContext, useEffect, useState } from 'react';
import { request } from './request.js';

/** Whether this page may change something; undefined until the server has said so. */
export const AccessContext = createContext<boolean | undefined>(undefined);

export const useMayAct = (): boolean => useContext(AccessContext) === true;

export function useAccess(): boolean | undefined {
  const [mayAct, setMayAct] = useState<boolean>();
  useEffect(() => {
    request<{ mayAct: boolean }>('GET', '/access').then(
      (access) => setMayAct(access.mayAct),
      () => setMayAct(false),
    );
  }, []);
  return mayAct;
}
