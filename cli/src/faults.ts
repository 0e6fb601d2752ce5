import { asksForHelp, CommandError, type Command } from './command.js';
import { parseFaultCommand, usage } from './faults/fault-command.js';
import { faultTable } from './faults/fault-table.js';
import { FaultsClient } from './faults/faults.client.js';
import { findDoors } from './system/find-system.js';

export const faults: Command = async (words) => {
  if (asksForHelp(words)) {
    console.log(usage);
    return 0;
  }
  const command = parseFaultCommand(words);
  const [url] = (await findDoors(command.doors)).banks;
  if (url === undefined) throw new CommandError('Say where the banks are: --banks-admin-url or BANKS_ADMIN_URL.');
  const banks = new FaultsClient(url);
  switch (command.kind) {
    case 'list': {
      const rules = await banks.list();
      if (command.json) console.log(JSON.stringify(rules, null, 2));
      else console.log(rules.length === 0 ? 'No fault stands at the banks.' : faultTable(rules));
      return 0;
    }
    case 'set':
      console.log(faultTable([await banks.add(command.rule)]));
      return 0;
    case 'clear':
      await banks.clear(command.id);
      console.log(command.id === undefined ? 'All faults are lifted.' : `The fault ${command.id} is lifted.`);
      return 0;
  }
};
