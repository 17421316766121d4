import { realCloudContracts } from './real-cloud.ts';

realCloudContracts('lab');
