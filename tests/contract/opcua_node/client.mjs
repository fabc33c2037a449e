// An OPC UA client that is not ours.
// Usage: node client.mjs FOLDER URL NODE...; prints what it read, and ten changes of the last node.
import path from "node:path";
import { OPCUACertificateManager } from "node-opcua-certificate-manager";
import { AttributeIds, MessageSecurityMode, OPCUAClient, SecurityPolicy, TimestampsToReturn,
         UserTokenType } from "node-opcua-client";

const [folder, url, ...nodes] = process.argv.slice(2);
const secured = process.env.SECURED === "yes";
const certificates = new OPCUACertificateManager({
  rootFolder: path.join(folder, "client-pki"), automaticallyAcceptUnknownCertificate: true });
await certificates.initialize();
const client = OPCUAClient.create({
  applicationName: "foreign client",
  clientCertificateManager: certificates,
  endpointMustExist: false,
  connectionStrategy: { maxRetry: 0 },
  securityMode: secured ? MessageSecurityMode.SignAndEncrypt : MessageSecurityMode.None,
  securityPolicy: secured ? SecurityPolicy.Basic256Sha256 : SecurityPolicy.None,
});
await client.connect(url);
const session = await client.createSession(secured
  ? { type: UserTokenType.UserName, userName: "meter", password: process.env.PASSWORD } : undefined);

const plain = (value) => typeof value === "bigint" ? value.toString()
  : value instanceof Date ? value.toISOString() : value;
const read = await session.read(
  nodes.map((nodeId) => ({ nodeId, attributeId: AttributeIds.Value })), 0);
const values = read.map((each) => ({
  value: plain(each.value.value), type: each.value.dataType, status: each.statusCode.value,
  source: each.sourceTimestamp?.toISOString() ?? null,
  server: each.serverTimestamp?.toISOString() ?? null }));

const subscription = await session.createSubscription2({
  requestedPublishingInterval: 50, requestedMaxKeepAliveCount: 10, requestedLifetimeCount: 100,
  publishingEnabled: true });
const item = await subscription.monitor(
  { nodeId: nodes.at(-1), attributeId: AttributeIds.Value },
  { samplingInterval: 20, queueSize: 100, discardOldest: true }, TimestampsToReturn.Both);
const changes = await new Promise((resolve) => {
  const seen = [];
  item.on("changed", (each) => {
    seen.push(plain(each.value.value));
    if (seen.length === 10) resolve(seen);
  });
});
console.log(JSON.stringify({ values, changes }));
await session.close(true);
await client.disconnect();
process.exit(0);
