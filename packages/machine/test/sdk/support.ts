import { randomBytes } from "node:crypto";
import { assemble } from "@isinglass/isa-x86";
import { type FromWorker, MachineService, type ToWorker, type WorkerPort } from "../../src/index.js";

const LOAD = 0x10_0000;

/**
 * A Multiboot kernel (Multiboot specification 0.6.96) that is an agent in some thirty instructions: it reads requests on COM2 as
 * the shell's does, and does `body` for each command. `body` may write single bytes to DX = COM2 (0x2f8) or COM4 (0x2e8).
 */
export function agentKernel(body: string): Uint8Array {
  const text = `
  start:
    mov esp, ${LOAD + 0x10000}
    mov edx, 0x2f8
    mov esi, greeting
    call puts
  next:
    call getc
    cmp al, 84 ; T
    je token
    cmp al, 81 ; Q
    je ping
    cmp al, 82 ; R
    je run
    cmp al, 10
    je next
    cmp al, 3
    je next
  skip:
    call getc
    cmp al, 10
    jne skip
    jmp next
  token:
    call gettoken
    jmp next
  ping:
    call gettoken
    call ready
    jmp next
  run:
    ${body}
    mov edx, 0x2f8
    mov esi, tok
    call puts
    mov esi, trailer
    call puts
    mov edx, 0x2e8
    mov esi, tok
    call puts
    mov esi, newline
    call puts
    call ready
    jmp next
  ready:
    mov edx, 0x2f8
    mov esi, readytext
    call puts
    mov esi, tok
    call puts
    mov esi, newline
    call puts
    ret
  gettoken:
    mov edi, tok
    mov ecx, 32
  more:
    call getc
    mov [edi], al
    inc edi
    dec ecx
    jne more
    ret
  getc:
    mov edx, 0x2fd
  wait:
    in al, dx
    test al, 1
    je wait
    mov edx, 0x2f8
    in al, dx
    ret
  puts:
    mov al, [esi]
    test al, al
    je done
    out dx, al
    inc esi
    jmp puts
  done:
    ret
  greeting: db "isg-agent 1 base64", 10, 0
  readytext: db "ready ", 0
  trailer: db " 0 0"
  newline: db 10, 0
  align 4096
  count: dd 0
  tok: resb 33
  `;
  const { bytes } = assemble(text, { mode: 32, origin: BigInt(LOAD + 32) });
  const end = LOAD + 32 + bytes.length;
  const flags = 1 << 16;
  const file = new Uint8Array(32 + bytes.length);
  const header = [0x1bad_b002, flags, -(0x1bad_b002 + flags), LOAD, LOAD, end, end, LOAD + 32];
  header.forEach((word, i) => new DataView(file.buffer).setUint32(i * 4, word >>> 0, true));
  file.set(bytes, 32);
  return file;
}

/** A worker in this thread: messages are cloned and arrive later, as between threads. `token` gives the bytes of a command's token. */
export function localWorker(
  token: (count: number) => Uint8Array = randomBytes,
): WorkerPort & { readonly service: MachineService } {
  let toService: (message: ToWorker) => void = () => undefined;
  let toClient: (message: FromWorker) => void = () => undefined;
  let open = true;
  const service = new MachineService(
    {
      post: (message) => {
        const copy = structuredClone(message);
        setImmediate(() => toClient(copy));
      },
      listen: (onMessage) => {
        toService = onMessage;
      },
    },
    {
      now: () => performance.now(),
      sleep: (ms) => new Promise((done) => setTimeout(done, ms)),
      yieldToHost: () => new Promise((done) => setImmediate(done)),
      random: (count) => token(count),
    },
  );
  return {
    service,
    post: (message) => {
      const copy = structuredClone(message);
      setImmediate(() => open && toService(copy));
    },
    listen: (onMessage) => {
      toClient = onMessage;
    },
    onFailure: () => undefined,
    terminate: async () => {
      open = false;
      service.close();
    },
  };
}
