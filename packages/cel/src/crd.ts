/** For authors of CRDs: what an API server would refuse of their rules, and the cost that it estimates of them. */
export { type CostEstimate, estimateCost } from './check/cost/estimate.ts';
export { type RuleFault, checkRules } from './check/schema/crd-rules.ts';
