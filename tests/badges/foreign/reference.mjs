// Issues and verifies with the reference libraries, as often as it is told over stdin, and says how long each took:
// {credential: unsigned, times, contexts}. The last credential and its issuer's document come back, for others to verify.
import { readFileSync } from "node:fs";
import { stdin, stdout } from "node:process";
import { performance } from "node:perf_hooks";
import * as vc from "@digitalbazaar/vc";
import { DataIntegrityProof } from "@digitalbazaar/data-integrity";
import { cryptosuite } from "@digitalbazaar/eddsa-rdfc-2022-cryptosuite";
import * as Multikey from "@digitalbazaar/ed25519-multikey";

const given = JSON.parse(readFileSync(stdin.fd, "utf8"));
const contexts = JSON.parse(readFileSync(given.contexts, "utf8"));
const controller = given.credential.issuer.id;
const key = await Multikey.generate({ controller });
key.id = `${controller}#${key.publicKeyMultibase}`;
const method = await key.export({ publicKey: true });
const { "@context": _, ...listed } = method;
const issuer = {
  "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
  id: controller,
  verificationMethod: [listed],
  assertionMethod: [key.id],
};

async function documentLoader(url) {
  const document = contexts[url] ?? (url === key.id ? method : url === controller ? issuer : null);
  if (!document) throw new Error(`${url} is not there`);
  return { contextUrl: null, documentUrl: url, document };
}

async function issued(number) {
  const suite = new DataIntegrityProof({ signer: key.signer(), cryptosuite });
  const credential = { ...given.credential, id: `${given.credential.id}/${number}` };
  return vc.issue({ credential, suite, documentLoader });
}

async function verify(credential) {
  const suite = new DataIntegrityProof({ cryptosuite });
  const { verified, error } = await vc.verifyCredential({
    credential,
    suite,
    documentLoader,
    checkStatus: async () => ({ verified: true }),
  });
  if (!verified) throw error;
}

/** How many milliseconds each of `times` calls took; a few before them do not count. */
async function timed(times, call) {
  for (let number = 0; number < 30; number += 1) await call(number);
  const begun = performance.now();
  for (let number = 0; number < times; number += 1) await call(number);
  return (performance.now() - begun) / times;
}

const made = [];
const issue_ms = await timed(given.times, async (number) => {
  made[number] = await issued(number);
});
const verify_ms = await timed(given.times, (number) => verify(made[number % made.length]));
stdout.write(JSON.stringify({ issue_ms, verify_ms, credential: made.at(-1), issuer }));
