// Verifies what it is handed over stdin, by libraries of other hands and without any connection:
// {credential or token, documents: by address, contexts: path of the bundled contexts}. Prints what came of it as JSON.
import { readFileSync } from "node:fs";
import { stdin, stdout } from "node:process";
import * as vc from "@digitalbazaar/vc";
import { checkStatus } from "@digitalbazaar/vc-bitstring-status-list";
import { DataIntegrityProof } from "@digitalbazaar/data-integrity";
import { cryptosuite } from "@digitalbazaar/eddsa-rdfc-2022-cryptosuite";
import * as Multikey from "@digitalbazaar/ed25519-multikey";
import { driver } from "@digitalbazaar/did-method-key";
import { compactVerify, importJWK } from "jose";

const given = JSON.parse(readFileSync(stdin.fd, "utf8"));
const contexts = JSON.parse(readFileSync(given.contexts, "utf8"));
const didKey = driver();
didKey.use({ multibaseMultikeyHeader: "z6Mk", fromMultibase: Multikey.from });

async function documentLoader(url) {
  const [address, fragment] = url.split("#");
  const known = contexts[url] ?? given.documents[url];
  if (known) return { contextUrl: null, documentUrl: url, document: known };
  if (address.startsWith("did:key:")) {
    return { contextUrl: null, documentUrl: url, document: await didKey.get({ url }) };
  }
  const method = fragment && methodOf(given.documents[address], url);
  if (!method) throw new Error(`${url} is not there`);
  const document = { "@context": "https://w3id.org/security/multikey/v1", ...method };
  return { contextUrl: null, documentUrl: url, document };
}

function methodOf(document, id) {
  return document?.verificationMethod.find((each) => each.id === id);
}

function said(error) {
  return [error, ...(error?.errors ?? [])].filter(Boolean).map((each) => each.message).join(" | ");
}

async function credential() {
  const suite = new DataIntegrityProof({ cryptosuite });
  let revoked;
  const { verified, error } = await vc.verifyCredential({
    credential: given.credential,
    suite,
    documentLoader,
    // The library takes a revoked credential for verified: what its list says has to be asked for.
    async checkStatus(options) {
      if (!given.status) return { verified: true };
      const answer = await checkStatus({ ...options, suite, verifyBitstringStatusListCredential: true });
      revoked = answer.results?.map((each) => each.status);
      return answer;
    },
  });
  return { verified, revoked, error: said(error) };
}

async function token() {
  const { kid, alg } = JSON.parse(Buffer.from(given.token.split(".")[0], "base64url"));
  const method = methodOf(given.documents[kid.split("#")[0]], kid);
  try {
    const { payload } = await compactVerify(given.token, await importJWK(method.publicKeyJwk, alg));
    return { verified: true, payload: JSON.parse(new TextDecoder().decode(payload)) };
  } catch (error) {
    return { verified: false, error: said(error) };
  }
}

stdout.write(JSON.stringify(given.token ? await token() : await credential()));
