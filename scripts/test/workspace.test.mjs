import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "../lib/run.mjs";
import { workspaceFolders } from "../setup.mjs";

const read = (...path) => JSON.parse(readFileSync(join(root, ...path), "utf8"));

/** The folders that a tsconfig refers to, relative to the root. */
function references(config) {
  const folder = dirname(join(root, config));
  return (read(config).references ?? []).map(({ path }) => relative(root, resolve(folder, path)));
}

const folders = workspaceFolders();
const folderOf = new Map(folders.map((folder) => [read(folder, "package.json").name, folder]));

describe("the workspace", () => {
  it("has every TypeScript project in the root tsconfig.json, so that tsc -b checks all", () => {
    const projects = folders.flatMap((folder) =>
      [folder, `${folder}/src/node`, `${folder}/src/browser`, `${folder}/test`].filter((path) =>
        existsSync(join(root, path, "tsconfig.json")),
      ),
    );
    expect(references("tsconfig.json").toSorted()).toEqual(projects.toSorted());
  });

  it.each(folders)("builds what %s depends on before it", (folder) => {
    const { dependencies, devDependencies, private: internal } = read(folder, "package.json");
    // What is published uses its devDependencies in tests only, and so do the examples; an internal tool may use them anywhere.
    const anywhere = internal && !folder.startsWith("examples/");
    const wanted = Object.keys({ ...dependencies, ...(anywhere ? devDependencies : {}) })
      .filter((name) => folderOf.has(name))
      .map((name) => folderOf.get(name));
    expect(references(`${folder}/tsconfig.json`)).toEqual(expect.arrayContaining(wanted));
  });

  it.each(folders)("asks of %s the Node version that the root asks for", (folder) => {
    expect(read(folder, "package.json").engines).toEqual(read("package.json").engines);
  });
});

describe("the documents", () => {
  const inside = (folder) =>
    readdirSync(join(root, folder))
      .filter((name) => name.endsWith(".md"))
      .map((name) => join(folder, name));
  const documents = [...inside("."), ...inside("docs"), ...[...folders, "bench"].flatMap(inside)];

  it("name no command that a fresh clone lacks: pnpm is not on PATH, npm is", () => {
    const offences = documents.flatMap((path) =>
      readFileSync(join(root, path), "utf8")
        .split("\n")
        .filter(
          (line) =>
            /(^|[^@/.-])\bpnpm (--?\w|bench|demo|test|run|start|exec|install|build)/.test(line) &&
            !line.includes("npx"),
        )
        .map((line) => `${path}: ${line}`),
    );
    expect(documents).toContain("apps/demo/README.md");
    expect(offences).toEqual([]);
  });

  it("the README begins with the same commands in both languages, and links the same packages", () => {
    const commands = (path) =>
      [.../```sh\n([^]*?)```/.exec(readFileSync(join(root, path), "utf8"))[1].matchAll(/^(\w[^#]*?) *#/gm)].map(
        ([, line]) => line,
      );
    const packages = (path) =>
      [...readFileSync(join(root, path), "utf8").matchAll(/\]\(((packages|apps)\/[\w-]+)\)/g)].map(([, link]) => link);
    expect(commands("README.md").length).toBeGreaterThanOrEqual(3);
    expect(commands("README.zh-CN.md")).toEqual(commands("README.md"));
    expect(packages("README.zh-CN.md")).toEqual(packages("README.md"));
  });
});
