import { checkEntries, checkVulnerabilities } from "@isinglass/compat";
import { kernelVulnerabilities, resolveCpu } from "@isinglass/compat/node";
import { IsinglassError } from "@isinglass/interface";
import { type Command, flag, refuseOptions, text } from "../command.js";
import { print, table } from "../tables.js";

export const VULN: Command = {
  name: "vuln",
  words: "",
  summary: "Checks a CPU against the vulnerabilities of 2018 to 2025 that Linux reports, and the map of 2020 to 2023.",
  options: {
    on: { type: "string", value: "host|MODEL|DUMP", help: "what to check; host unless given" },
    map: { type: "boolean", help: "the entries of 2020 to 2023, with the article's wrong numbers marked" },
    json: { type: "boolean", help: "as JSON" },
  },
  example: "isg vuln --on Skylake-Server",
  async run(invocation) {
    if (invocation.words.length > 0)
      throw new IsinglassError(
        "ISG_CLI_USAGE",
        `isg vuln: "${invocation.words[0]}"; it takes --on, --map and --json only`,
      );
    if (flag(invocation, "json")) refuseOptions(invocation, "isg vuln --json, which has both lists", ["map"]);
    const on = text(invocation, "on") ?? "host";
    const cpu = resolveCpu(on);
    const kernel = on === "host" ? kernelVulnerabilities() : new Map<string, string>();
    const hardware = checkVulnerabilities(cpu, kernel);
    const entries = checkEntries(cpu);
    const differing = hardware.filter((v) => v.agrees === false).length;
    if (flag(invocation, "json")) {
      print({
        cpu: { name: cpu.name, source: cpu.source, vendor: cpu.vendor, brand: cpu.brand, signature: cpu.signature },
        vulnerabilities: hardware.map(({ vulnerability, ...rest }) => ({
          id: vulnerability.id,
          title: vulnerability.title,
          sources: vulnerability.sources,
          ...rest,
        })),
        entries: entries.map(({ entry, ...rest }) => ({ ...entry, ...rest })),
      });
      return differing === 0 ? 0 : 1;
    }
    const { signature } = cpu;
    const number =
      signature === undefined
        ? ""
        : `, family ${signature.family} model ${signature.model} stepping ${signature.stepping}`;
    process.stdout.write(`${cpu.name}: ${cpu.brand || cpu.vendor || "no vendor"}${number} (${cpu.source})\n\n`);
    if (flag(invocation, "map")) {
      table([
        ["verdict", "layer", "id", "what", "why", "beside the CVE record"],
        ...entries.map(({ entry, verdict, why }) => [
          verdict,
          entry.layer,
          entry.ids.join(" "),
          entry.what,
          why,
          entry.sources.slice(entry.ids.length).join(" "),
        ]),
      ]);
    } else {
      table([
        ["vulnerability", "by our rules", "mitigation bits of the CPU", ...(kernel.size > 0 ? ["kernel"] : [])],
        ...hardware.map((v) => [v.vulnerability.id, v.affected, v.mitigations.join(" "), v.kernel]),
      ]);
    }
    if (differing > 0) {
      process.stdout.write(`\n${differing} differ from what the kernel says\n`);
      return 1;
    }
    return 0;
  },
};
