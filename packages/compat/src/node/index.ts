export { kernelVulnerabilities, readCpuFile, readHost, resolveCpu } from "./host.js";
export { type Qmp, startQmp } from "./qmp.js";
export { type ColumnOptions, type ColumnResult, makeColumn } from "./columns.js";
export { probe, probeNames, type ProbeResult, type Runner } from "./probe.js";
export { Loader } from "./loader.js";
export { measurable, measureClaims } from "./claims/measures.js";
export type { MeasureOptions } from "./claims/figures.js";
