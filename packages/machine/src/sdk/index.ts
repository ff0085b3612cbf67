export type { SerialListener } from "./client.js";
export { type AgentPorts, agentPorts } from "./agent-ports.js";
export { AGENT_SCRIPT, busyboxRoot } from "./agent-script.js";
export { ExecError } from "./errors.js";
export { Checkpoint, type ExecOptions, CommandResult, Machine, type WriteOptions, connectMachine } from "./machine.js";
export type { AbortSignalLike, CallOptions, LimitOptions, MachineOptions } from "./options.js";
export type {
  AgentMode,
  FromWorker,
  Limits,
  MachineConfig,
  MachineState,
  Port,
  ToWorker,
  WorkerHost,
  WorkerPort,
} from "./protocol.js";
export { MachineService, serveMachine } from "./service.js";
