import type { Explanation, RegionRecord } from "@isinglass/machine";

const hex = (value: bigint | number): string => `0x${value.toString(16)}`;
const count = (value: number): string => value.toLocaleString("en-US");

function regionLine(record: RegionRecord): string {
  const { instructions, blocks, pages, bytes, decision, state } = record;
  if (state === "refused") return `  region at ${hex(record.address)}: none, refused`;
  return (
    `  region at ${hex(record.address)}: ${state}; ${instructions} instructions in ${blocks.length} blocks on ${pages.length} ` +
    `${pages.length === 1 ? "page" : "pages"}, ${count(bytes)} bytes of WebAssembly (${(bytes / instructions).toFixed(1)} each), ` +
    `module ${decision?.module} of ${decision?.regions} regions, made in ${decision?.milliseconds.toFixed(1)} ms; ` +
    `entered ${count(record.use.entries)} times, ${count(record.use.executed)} instructions executed there`
  );
}

/** What may help where an address was not executed, or not often enough. */
export function advice({ tier, regions, policy }: Explanation): string | undefined {
  if (tier === "not executed")
    return "to try: --append nokaslr, if it is a kernel's address (KASLR moves kernels); a later end; isg run --explain hot, which finds the busiest code";
  if (regions.length === 0 && policy.threshold > 1)
    return "to try: a later end, or --policy threshold=1,batch=1, which compiles it earlier";
  return undefined;
}

/** Why an address is executed as it is, as lines for people. */
export function explanationLines(explanation: Explanation, name?: string): string[] {
  const { address, tier, why, arrivals, regions, regionReasons, policy, costs, estimate } = explanation;
  const lines = [
    `${hex(address)}${name === undefined ? "" : ` (${name})`}: ${tier}; ${count(arrivals)} arrivals counted there`,
  ];
  regions.forEach((record, i) => {
    lines.push(regionLine(record), ...regionReasons[i]!.map((reason) => `    ${reason}`));
  });
  if (regions.length === 0) lines.push(...why.map((reason) => `  ${reason}`));
  const help = advice(explanation);
  if (help !== undefined) lines.push(`  ${help}`);
  lines.push(
    `  policy: ${Object.entries(policy)
      .map(([key, value]) => `${key} ${value}`)
      .join(", ")}`,
  );
  lines.push(
    `  cost model: ${costs.compile} µs to compile an instruction, ${costs.interpreted} ns to interpret one, ${costs.compiled} ns compiled`,
  );
  if (estimate !== undefined)
    lines.push(
      `  estimate: ${count(estimate.compile)} µs to compile; ${estimate.interpreted.toFixed(0)} ns interpreted and ` +
        `${estimate.compiled.toFixed(0)} ns compiled for each instruction once; paid after ${count(estimate.passes)} passes`,
    );
  return lines;
}

/** The same for `--json`: addresses as "0x…". */
export function explanationJson(explanation: Explanation): Record<string, unknown> {
  return {
    ...explanation,
    regionReasons: undefined,
    address: hex(explanation.address),
    regions: explanation.regions.map((record, i) => ({
      ...record,
      address: hex(record.address),
      hostOffset: undefined,
      why: explanation.regionReasons[i],
      blocks: record.blocks.map((block) => ({ ...block, address: hex(block.address) })),
    })),
  };
}
