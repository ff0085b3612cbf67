import { hasCommand, requireOracle } from "@isinglass/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  CPU_FEATURES,
  findFeature,
  findModel,
  qemuCpu,
  readJson,
  readQmpDefinitions,
  unavailableFeatures,
} from "../../src/index.js";
import { type Qmp, startQmp } from "../../src/node/index.js";

const available = requireOracle("QEMU (qemu-system-x86_64)", hasCommand("qemu-system-x86_64"));

describe.runIf(available)("QEMU's own account of its models under TCG", () => {
  let qmp: Qmp;
  beforeAll(async () => {
    qmp = await startQmp();
  });
  afterAll(() => qmp.close());

  it("lists the same unavailable features for every model as the difference between the model and max", async () => {
    const definitions = readQmpDefinitions(await qmp.ask("query-cpu-definitions"), "qmp");
    const max = findModel("max")!;
    let compared = 0;
    for (const { name, unavailable } of definitions) {
      // `host` exists under KVM only, `base` is empty: neither is a model.
      const model = findModel(name);
      if (name === "host" || name === "base") continue;
      expect(model, `of ${name}`).toBeDefined();
      expect(unavailableFeatures(model!, max), `of ${name}`).toEqual(
        unavailable.map((f) => findFeature(f)!.name).toSorted(),
      );
      compared += 1;
    }
    expect(compared).toBeGreaterThanOrEqual(130);
    if (process.env["ISG_ORACLE"] === "long") console.log(`QEMU: ${compared} of ${compared} models equal`);
  });

  it("expands every model to the features of our table", async () => {
    for (const { name } of readQmpDefinitions(await qmp.ask("query-cpu-definitions"), "qmp")) {
      const model = findModel(name);
      if (model === undefined || name === "host") continue;
      const answer = await qmp.ask("query-cpu-model-expansion", { type: "full", model: { name } });
      const theirs = readJson(answer, name);
      expect([...theirs.features].toSorted(), `of ${name}`).toEqual([...model.features].toSorted());
      expect(theirs.signature, `of ${name}`).toEqual(model.signature);
      expect(theirs.vendor, `of ${name}`).toBe(model.vendor);
    }
  });

  it("takes every name that a -cpu of ours can have", async () => {
    const all = CPU_FEATURES.map((f) => f.name);
    const [model = "", ...flags] = qemuCpu({ model: "qemu64", add: all, remove: [] }).split(",");
    expect(flags.length).toBeGreaterThan(200);
    const props = Object.fromEntries(flags.map((flag) => [flag.slice(1), true]));
    const answer = await qmp.ask("query-cpu-model-expansion", { type: "full", model: { name: model, props } });
    expect(answer).toMatch(/^\{"return"/);
    const invented = { name: model, props: { frobnicate: true } };
    expect(await qmp.ask("query-cpu-model-expansion", { type: "full", model: invented })).toContain("not found");
  });
});
