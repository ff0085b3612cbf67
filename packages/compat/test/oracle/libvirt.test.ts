import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { requireOracle } from "@isinglass/testkit";
import { describe, expect, it } from "vitest";
import {
  closestModel,
  CPU_FEATURES,
  describeForLibvirt,
  findFeature,
  LEVELS,
  type LibvirtMap,
  parseCpuElement,
  parseXml,
  readCpu,
  readLibvirtMap,
  readQmpDefinitions,
} from "../../src/index.js";
import { libvirtSource } from "../support.js";

const source = libvirtSource();
const available = requireOracle("libvirt 9.0's sources (apt-get source libvirt)", source !== undefined);

const data = join(source ?? "", "tests/cputestdata");
const read = (file: string): string => readFileSync(join(data, file), "utf8");
const map = available ? readLibvirtMap((file) => readFileSync(join(source!, "src/cpu_map", file), "utf8")) : undefined;

/** Dumps by name: those with an expected description of the host. */
const dumps = available
  ? readdirSync(data).flatMap((file) => /^x86_64-cpuid-(.*)-host\.xml$/.exec(file)?.slice(1) ?? [])
  : [];

/**
 * Guests that libvirt describes with the models of the QEMU of the dump (its own test has them as JSON_MODELS_REQUIRED): the answer to
 * query-cpu-definitions is in the same file.
 */
const WITH_MODELS = new Set([
  "Atom-P5362",
  "Core-i5-650",
  "Core-i7-2600-xsaveopt",
  "EPYC-7601-32-Core-ibpb",
  "Xeon-E7-4830",
]);

/** What differs and why; the list of the acceptance line. */
const EXPLAINED: Readonly<Record<string, string>> = {};

function usableModels(name: string): { name: string; blockers: string[] }[] | undefined {
  if (!WITH_MODELS.has(name)) return undefined;
  const text = read(`x86_64-cpuid-${name}.json`);
  const start = text.indexOf('"unavailable-features"');
  const definitions = readQmpDefinitions(
    text.slice(text.lastIndexOf('"return"', start) - 20).replace(/^[^{]*/, ""),
    name,
  );
  return definitions.map((d) => ({
    name: d.name,
    blockers: d.unavailable.map((feature) => findFeature(feature)?.name ?? feature),
  }));
}

function described(map_: LibvirtMap, name: string, purpose: "host" | "guest"): unknown {
  const dump = readCpu(readFileSync(join(data, `x86_64-cpuid-${name}.xml`)), name).dump!;
  const found = describeForLibvirt(map_, dump, purpose, purpose === "guest" ? usableModels(name) : undefined);
  if (found === undefined) return undefined;
  const { model, vendor, features, signature } = found;
  return { model, vendor, features, signature: purpose === "host" ? signature : undefined };
}

function expected(name: string, purpose: "host" | "guest"): unknown {
  const { model, vendor, features, signature } = parseCpuElement(
    parseXml(read(`x86_64-cpuid-${name}-${purpose}.xml`), name),
  );
  return { model, vendor, features, signature };
}

function firstDifference(what: string, ours: string, theirs: string): string {
  let at = 0;
  while (at < ours.length && ours[at] === theirs[at]) at += 1;
  return `${what}: …${ours.slice(Math.max(0, at - 60), at + 60)} instead of …${theirs.slice(Math.max(0, at - 60), at + 60)}`;
}

describe.runIf(available)("libvirt's CPU test data", () => {
  it("has the dumps that the other tests go through", () => {
    expect(dumps.length).toBeGreaterThanOrEqual(61);
  });

  it("decodes every dump to libvirt's model, features and signature, for hosts and guests", () => {
    let equal = 0;
    let compared = 0;
    const different: string[] = [];
    for (const name of dumps) {
      for (const purpose of ["host", "guest"] as const) {
        compared += 1;
        const [ours, theirs] = [described(map!, name, purpose), expected(name, purpose)];
        if (JSON.stringify(ours) === JSON.stringify(theirs)) equal += 1;
        else if (EXPLAINED[`${name} ${purpose}`] === undefined)
          different.push(firstDifference(`${name} ${purpose}`, JSON.stringify(ours), JSON.stringify(theirs)));
      }
    }
    if (process.env["ISG_ORACLE"] === "long") console.log(`libvirt: ${equal} of ${compared} descriptions equal`);
    expect(different).toEqual([]);
    expect(equal / compared).toBeGreaterThanOrEqual(0.95);
  });

  it("reads the same signature from every dump", () => {
    for (const name of dumps) {
      const { signature } = readCpu(readFileSync(join(data, `x86_64-cpuid-${name}.xml`)), name);
      const [, family, model, stepping] = /family: +(\d+)[^]*model: +(\d+)[^]*stepping: +(\d+)/.exec(
        read(`x86_64-cpuid-${name}.sig`),
      )!;
      expect(signature, `of ${name}`).toEqual({
        family: Number(family),
        model: Number(model),
        stepping: Number(stepping),
      });
    }
  });

  it("finds in every dump the features to which libvirt's description expands", () => {
    let compared = 0;
    for (const name of dumps) {
      const { features } = readCpu(readFileSync(join(data, `x86_64-cpuid-${name}.xml`)), name);
      const host = parseCpuElement(parseXml(read(`x86_64-cpuid-${name}-host.xml`), name));
      const model = map!.models.find((m) => m.name === host.model)!;
      const expansion = new Set([...model.features, ...host.features.map((f) => f.name)]);
      for (const { name: feature } of map!.features) {
        compared += 1;
        // TSX of the first Haswell steppings is not counted by libvirt: an erratum, not CPUID.
        if ((feature === "hle" || feature === "rtm") && features.has(feature)) continue;
        expect(features.has(findFeature(feature)!.name), `${name}: ${feature}`).toBe(expansion.has(feature));
      }
    }
    expect(compared).toBeGreaterThan(12_000);
  });

  it("gives every feature of libvirt's map the same name and bit", () => {
    for (const feature of map!.features) {
      const ours = findFeature(feature.name);
      expect(ours?.name, `of ${feature.name}`).toBe(feature.name);
      expect(ours?.bit, `of ${feature.name}`).toEqual(feature.bit);
    }
  });

  it("has a name for exactly the features that configurations name, and for every model that they are built on", () => {
    const named = new Set(map!.features.map(({ name }) => name));
    for (const feature of CPU_FEATURES) expect(feature.isNamed, `of ${feature.name}`).toBe(named.has(feature.name));
    const models = new Set(map!.models.map(({ name }) => name));
    for (const name of dumps) {
      const cpu = readCpu(readFileSync(join(data, `x86_64-cpuid-${name}.xml`)), name);
      const { model, add, remove } = closestModel(cpu);
      expect(models.has(model), `${name}: ${model}`).toBe(true);
      for (const feature of [...add, ...remove]) expect(named.has(feature), `${name}: ${feature}`).toBe(true);
    }
  });

  it("has no feature in a psABI level that a model of libvirt's of that level lacks", () => {
    // Haswell of libvirt lacks F16C and LZCNT, which the processors have: the first that is complete is EPYC.
    const firstModels = ["kvm64", "Nehalem", "EPYC", "Icelake-Server"];
    firstModels.forEach((name, i) => {
      const model = map!.models.find((m) => m.name === name)!;
      for (const feature of LEVELS.slice(0, i + 1).flat()) {
        expect(model.features.has(feature), `${name}: ${feature}`).toBe(true);
      }
    });
    expect(CPU_FEATURES.filter((f) => f.level > 0).length).toBe(LEVELS.flat().length);
  });
});
