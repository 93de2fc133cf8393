export { errorBody } from './error.js';
export type { ErrorBody, ErrorType } from './error.js';
export { Health, SourceHealth } from './health.js';
export { SimulateRequest } from './simulate.js';
export type { ActiveFault, FaultDescription } from './simulate.js';
export { Stats } from './stats.js';
