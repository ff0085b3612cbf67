import type { MachineOptions } from "@isinglass/machine";
import { FileSource } from "./guest-files.js";
import { Panel } from "./panel.js";

const MIB = 2 ** 20;

function element<T extends HTMLElement>(id: string, type: new () => T): T {
  const found = document.getElementById(id);
  if (!(found instanceof type)) throw new Error(`the page has no ${type.name} "${id}"`);
  return found;
}

const kernel = element("kernel", HTMLInputElement);
const initrd = element("initrd", HTMLInputElement);
const memory = element("memory", HTMLInputElement);
const commandLine = element("command-line", HTMLInputElement);
const machines = element("machines", HTMLElement);
const source = new FileSource({ kernel, initrd }, element("files", HTMLElement), document.body);

function options(): MachineOptions {
  const { kernel: image, initrd: archive } = source.files;
  return {
    memory: Number(memory.value) * MIB,
    commandLine: commandLine.value,
    agent: "none",
    startSeconds: Math.floor(Date.now() / 1000),
    ...(image === undefined ? {} : { kernel: image }),
    ...(archive === undefined ? {} : { initrd: archive }),
  };
}

let count = 0;
function addMachine(): void {
  count += 1;
  // oxlint-disable-next-line no-new -- it puts itself on the page, and answers to its buttons from then on
  new Panel(machines, `Machine ${count}`, options);
}

element("add", HTMLButtonElement).addEventListener("click", addMachine);
addMachine();
await source.fetchOwn();
