// Reads one JSON command from standard input and prints one JSON reply, by an independent library.
//
// {"open": token, "key": text}                        -> {"header": …, "claims": …}
// {"mint": claims, "header": …, "key": text}          -> {"token": …}
import { CompactEncrypt, compactDecrypt } from "jose";
import { text } from "node:stream/consumers";

const command = JSON.parse(await text(process.stdin));
const key = new TextEncoder().encode(command.key);

const open = async (token) => {
  const { plaintext, protectedHeader } = await compactDecrypt(token, key);
  return { header: protectedHeader, claims: JSON.parse(new TextDecoder().decode(plaintext)) };
};

const mint = async (claims, header) => {
  const content = new TextEncoder().encode(JSON.stringify(claims));
  return { token: await new CompactEncrypt(content).setProtectedHeader(header).encrypt(key) };
};

const reply = "open" in command ? await open(command.open) : await mint(command.mint, command.header);
process.stdout.write(JSON.stringify(reply));
