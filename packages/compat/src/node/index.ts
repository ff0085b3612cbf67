export { kernelVulnerabilities, readCpuFile, readHost, resolveCpu } from "./host.js";
export { type Qmp, startQmp } from "./qmp.js";
