import { rightsMatchStatements } from '../../../libs/service/src/testing/rights-match.js';
import { gatewayDatabase } from './gateway-database.js';
import './gateway.module.js';

rightsMatchStatements({ database: gatewayDatabase, operatorsOnly: [], shared: [] });
