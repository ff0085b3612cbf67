export {
  type Absence,
  type CpuFeature,
  CPU_FEATURES,
  type FeatureBit,
  featureNamed,
  featureOfIsa,
  findFeature,
  withDependencies,
} from "./features.js";
export { featuresOfLevel, levelOf, LEVELS } from "./levels.js";
export {
  CpuidDump,
  type CpuidEntry,
  decodeSignature,
  encodeSignature,
  type MsrEntry,
  type Signature,
} from "./cpuid.js";
export { type Cpu, cpuLevel, cpuOfDump, cpuOfNames } from "./cpu.js";
export { type ChangedFeature, compareCpus, type Consequence, type CpuComparison } from "./compare.js";
export { findModel, modelNamed, modelNames, unavailableFeatures } from "./models.js";
export { readCpu } from "./readers/detect.js";
export { readCpuidRaw, readInstLatx64, writeCpuidRaw } from "./readers/cpuid-text.js";
export { readCpuinfo } from "./readers/cpuinfo.js";
export { type ExecuteCpuid, readCpuidDevice } from "./readers/cpuid-device.js";
export { type LibvirtCpu, parseCpuElement, readLibvirt } from "./readers/libvirt.js";
export {
  describeForLibvirt,
  type LibvirtDescription,
  libvirtFeatures,
  type LibvirtMap,
  type LibvirtMapFeature,
  type LibvirtMapModel,
  readLibvirtMap,
  type UsableModel,
} from "./readers/libvirt-map.js";
export { type QmpDefinition, readJson, readQmpDefinitions } from "./readers/json.js";
export { childNamed, elementsNamed, parseXml, type XmlElement } from "./readers/xml.js";
export {
  closestModel,
  type ConfiguredModel,
  firecrackerTemplate,
  kubevirtCpu,
  libvirtCpu,
  type ModelWithChanges,
  qemuCpu,
} from "./writers/writers.js";
export { codeRanges, type Elf, readElf } from "./elf/elf.js";
export type { ElfRelocation, ElfSection, ElfSegment, ElfSymbol } from "./elf/records.js";
export { type Dynamic } from "./elf/dynamic.js";
export { COUNT_BY, type Count, type CountBy, countInstructions, vectorWidth } from "./isa/count.js";
export { type Used, usedBy } from "./isa/used.js";
export {
  type Classified,
  classifyInstructions,
  type InstructionKind,
  nameInPaper,
  sensitiveUnprivileged,
  VIRTUALIZATION_MODES,
  type VirtualizationMode,
} from "./isa/virtualizable.js";
export { checkEntries, checkVulnerabilities, type EntryVerdict, type VulnerabilityVerdict } from "./vuln/check.js";
export { VULN_ENTRIES, type VulnEntry, type VulnLayer } from "./vuln/entries.js";
export { type Affected, VULNERABILITIES, type Vulnerability } from "./vuln/kernel-rules.js";
export { type Cell, cellOf, type Column, type Engine, type Level, type Qualifier } from "./matrix/level.js";
export type { Coverage, GuestFaults, LoopSampler, OwnEngines, OwnTier } from "./matrix/own-engines.js";
export { articleRows, cellText, makeMatrix, type Matrix, type MatrixRow, matrixRows } from "./matrix/matrix.js";
export { PROBE_UNROLL, probeProgram } from "./matrix/probe-program.js";
export { type Language, LANGUAGES } from "./report/language.js";
export { matrixHtml } from "./matrix/html.js";
export { Image } from "./needs/image.js";
export { type Program } from "./needs/program.js";
export { type Loading, type Needs, needsOf, type Place, type Witness } from "./needs/needs.js";
export { type RunVerdict, verdictOn } from "./needs/verdict.js";
export {
  type Assessment,
  type Claim,
  CLAIMS,
  type ClaimsRun,
  type ClaimVerdict,
  type Figure,
  figureText,
  type Measurement,
  type Method,
  unmeasuredVerdict,
  verdictOfFactor,
  verdictText,
} from "./claims/claims.js";
export { inChinese } from "./claims/chinese.js";
export { readClaimsRun } from "./claims/read-run.js";
export { claimsHtml } from "./claims/html.js";
export { CLASS_SETUP, CLASSES } from "./claims/programs.js";
export { median, type Summary, summarise } from "./claims/stats.js";
