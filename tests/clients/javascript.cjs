// The official JavaScript client against `convoke simulate`: javascript.cjs APP_CERTIFICATE_AND_KEY.pem CALM_URL BUSY_URL.
//
// One line for each sentence that holds; the first that does not ends it with status 1. NODE_EXTRA_CA_CERTS names the
// certificate of the simulators. It knows nothing of convoke's source.

"use strict";

const { randomUUID } = require("node:crypto");
const { ClientCertificateCredential, ClientSecretCredential } = require("@azure/identity");
const { Client, GraphError } = require("@microsoft/microsoft-graph-client");
const {
  TokenCredentialAuthenticationProvider,
} = require("@microsoft/microsoft-graph-client/authProviders/azureTokenCredentials");

const TENANT = "5150c0de-0000-4000-8000-000000000001";
const CLIENT = "5150c0de-0000-4000-8000-000000000002";
const SECRET = "make-believe-secret";
const MEETINGS = "/users/6b1e0000-0000-4000-8000-000000000001/onlineMeetings";
const SCOPE = "https://graph.microsoft.com/.default";
// More than the scenario `busy` lets through at once, which is 60 in 10 seconds.
const MANY = 64;
// Nothing here takes so many seconds.
const PATIENCE = 180;

function hold(sentence, holds, why) {
  if (!holds) {
    console.log(`FAILED: ${sentence}:`, why);
    process.exit(1);
  }
  console.log(`ok: ${sentence}`);
}

// The network as the client would have it; each attempt is remembered: when, what, and how it was answered.
const attempts = [];
const network = globalThis.fetch;
globalThis.fetch = async (request, options) => {
  const sent = Date.now();
  const response = await network(request, options);
  const { status, headers } = response;
  attempts.push({ sent, answered: Date.now(), body: options && options.body, status, headers });
  return response;
};
const last = () => attempts.at(-1);

function credential(url, secret, Kind = ClientSecretCredential) {
  return new Kind(TENANT, CLIENT, secret, { authorityHost: url, disableInstanceDiscovery: true });
}

// A client with its own middleware, and nothing changed but where Graph is.
function graph(url) {
  const authProvider = new TokenCredentialAuthenticationProvider(credential(url, SECRET), { scopes: [SCOPE] });
  const customHosts = new Set([new URL(url).hostname]);
  return Client.initWithMiddleware({ authProvider, baseUrl: `${url}/`, customHosts });
}

async function refusal(promise) {
  try {
    return await promise.then(() => undefined);
  } catch (error) {
    return error;
  }
}

async function signIn(url, certificatePath) {
  let token = await credential(url, SECRET).getToken(SCOPE);
  hold("the app's secret is good for a token", token.token && token.expiresOnTimestamp > Date.now(), token);
  const refused = await refusal(credential(url, "wrong").getToken(SCOPE));
  hold("a wrong secret is refused by its number", refused && refused.message.includes("AADSTS7000215"), refused);
  token = await credential(url, { certificatePath }, ClientCertificateCredential).getToken(SCOPE);
  hold("the app's certificate is as good as its secret", token.token, token);
}

async function createOrGet(url) {
  const client = graph(url);
  const asked = {
    externalId: randomUUID(),
    subject: "Numerical Analysis",
    startDateTime: "2027-02-03T09:00:00Z",
    endDateTime: "2027-02-03T10:00:00Z",
  };
  const made = await client.api(`${MEETINGS}/createOrGet`).post(asked);
  hold("createOrGet makes a meeting", last().status === 201 && made.id && made.joinWebUrl, last());
  const starts = Date.parse(made.startDateTime) === Date.parse(asked.startDateTime);
  const same = made.subject === asked.subject && made.externalId === asked.externalId;
  hold("the meeting is as asked", starts && same, made);
  const found = await client.api(`${MEETINGS}/createOrGet`).post(asked);
  hold("asked again, it finds the same", last().status === 200 && found.id === made.id, last());
  const refused = await refusal(client.api(`${MEETINGS}/createOrGet`).post({ subject: "no external id" }));
  const isTold = refused instanceof GraphError && refused.statusCode === 400 && refused.code && refused.message;
  hold("what is wrong is refused as a GraphError", isTold, refused);
}

async function throttled(url) {
  const client = graph(url);
  attempts.length = 0;
  const bodies = Array.from({ length: MANY }, (_, number) => ({ externalId: String(number) }));
  const made = await Promise.all(bodies.map((body) => client.api(`${MEETINGS}/createOrGet`).post(body)));
  const refused = attempts.filter(({ status }) => status === 429);
  const areTold = refused.length > 0 && refused.every(({ headers }) => headers.has("retry-after"));
  hold("a limit is told by 429 and Retry-After", areTold, refused);
  const waits = refused.map(({ answered, body, headers }) => {
    const again = attempts.filter((other) => other.body === body && other.sent > answered).map(({ sent }) => sent);
    // A timer may be a millisecond early.
    return Math.min(...again) - answered >= 1000 * Number(headers.get("retry-after")) - 5;
  });
  hold("the client waits as long by itself", waits.every(Boolean), waits);
  hold("and then gets its meetings", new Set(made.map(({ id }) => id)).size === MANY, made);
}

async function create(url) {
  const client = graph(url);
  const made = await client.api(MEETINGS).post({
    subject: "Thesis defence",
    startDateTime: "2027-02-03T09:00:00Z",
    endDateTime: "2027-02-03T09:30:00Z",
    joinMeetingIdSettings: { isPasscodeRequired: true },
  });
  const settings = made.joinMeetingIdSettings;
  hold("a meeting is made", last().status === 201 && made.id && made.joinWebUrl, last());
  hold("with a passcode, if asked for", settings.isPasscodeRequired === true && settings.passcode, settings);
  const meeting = `${MEETINGS}/${made.id}`;
  let got = await client.api(meeting).get();
  hold("it is got by its id", got.id === made.id && got.joinWebUrl === made.joinWebUrl, got);
  // The client leaves the value as it is, and the link has signs that mean something in an address.
  const filter = `JoinWebUrl eq '${encodeURIComponent(made.joinWebUrl)}'`;
  const found = await client.api(MEETINGS).filter(filter).get();
  hold("it is found by its link", found.value.length === 1 && found.value[0].id === made.id, found);
  await client.api(meeting).patch({ subject: "Thesis defence, moved" });
  hold("it is changed", last().status === 200, last());
  got = await client.api(meeting).get();
  const isMoved = got.subject === "Thesis defence, moved" && got.joinWebUrl === made.joinWebUrl;
  hold("in what was given and nothing else", isMoved && got.startDateTime === made.startDateTime, got);
  await client.api(meeting).delete();
  hold("it is deleted", last().status === 204, last());
  const refused = await refusal(client.api(meeting).get());
  hold("and is gone: 404, as a GraphError", refused instanceof GraphError && refused.statusCode === 404, refused);
  hold("which has a code and the request's id", refused.code && refused.requestId, refused);
}

async function main(certificate, calm, busy) {
  await signIn(calm, certificate);
  await createOrGet(calm);
  await throttled(busy);
  await create(calm);
}

setTimeout(() => hold(`everything is answered within ${PATIENCE} s`, false), 1000 * PATIENCE).unref();
main(...process.argv.slice(2)).catch((error) => hold("nothing is thrown", false, error));
