// An OPC UA server that is not ours: what it shows is fixed, so that a reader can be judged.
// Usage: node server.mjs FOLDER; says {"url", "certificate", "namespace"}, ends when stdin closes.
import path from "node:path";
import { OPCUACertificateManager } from "node-opcua-certificate-manager";
import { DataType, DataValue, MessageSecurityMode, SecurityPolicy, StatusCodes, VariantArrayType }
  from "node-opcua-client";
import { OPCUAServer } from "node-opcua-server";

const folder = process.argv[2];
const SOURCE = new Date("2026-01-01T12:00:00.123Z");

const certificates = new OPCUACertificateManager({
  rootFolder: path.join(folder, "pki"), automaticallyAcceptUnknownCertificate: true });
const users = new OPCUACertificateManager({
  rootFolder: path.join(folder, "users"), automaticallyAcceptUnknownCertificate: true });
await certificates.initialize();
await users.initialize();

const server = new OPCUAServer({
  hostname: "127.0.0.1",
  port: 0,
  serverCertificateManager: certificates,
  userCertificateManager: users,
  securityPolicies: [SecurityPolicy.None, SecurityPolicy.Basic256Sha256],
  securityModes: [MessageSecurityMode.None, MessageSecurityMode.SignAndEncrypt],
  userManager: { isValidUser: (name, password) => name === "meter" && password === "秘密 pass" },
  buildInfo: { manufacturerName: "foreign maker", productName: "foreign product",
               softwareVersion: "9.8.7" },
  serverCapabilities: { operationLimits: { maxNodesPerRead: 50 } },
  registerServerMethod: 1,
});
await server.initialize();

const space = server.engine.addressSpace.getOwnNamespace();
const parent = space.addObject({ browseName: "Meter", organizedBy: server.engine.addressSpace.rootFolder.objects });
const shown = {
  Boolean: true, SByte: -128, Byte: 255, Int16: -32768, UInt16: 65535, Int32: -2147483648,
  UInt32: 4294967295, Int64: [0x80000000, 0], UInt64: [0xffffffff, 0xffffffff],
  Float: 1.5, Double: 12.345678901234567, String: "12.5 千瓦时", DateTime: SOURCE,
};

function add(name, dataType, value, statusCode = StatusCodes.Good, arrayType = VariantArrayType.Scalar) {
  const node = space.addVariable({ componentOf: parent, browseName: name, nodeId: `s=${name}`,
    dataType, valueRank: arrayType === VariantArrayType.Scalar ? -1 : 1,
    minimumSamplingInterval: 10 });
  // The source's timestamp is fixed, 12,340 ps beyond SOURCE; the server adds its own, of now.
  node.bindVariable({ timestamped_get: () => new DataValue({
    value: { dataType, value, arrayType }, statusCode,
    sourceTimestamp: SOURCE, sourcePicoseconds: 12340 }) }, true);
}

for (const [name, value] of Object.entries(shown)) add(name, DataType[name], value);
add("Uncertain", DataType.Double, 3.5, StatusCodes.UncertainEngineeringUnitsExceeded);
add("Bad", DataType.Double, 3.5, StatusCodes.BadSensorFailure);
add("Array", DataType.Double, new Float64Array([1, 2, 3]), StatusCodes.Good, VariantArrayType.Array);
add("Text", DataType.LocalizedText, { text: "Strom", locale: "de" });
for (let number = 0; number < 200; number++) add(`n${number}`, DataType.Double, number);

const counter = space.addVariable({ componentOf: parent, browseName: "Counter", nodeId: "s=Counter",
  dataType: DataType.Int32, minimumSamplingInterval: 10 });
let count = 0;
const ticking = setInterval(() => {
  counter.setValueFromSource({ dataType: DataType.Int32, value: ++count });
}, 10);

await server.start();
const url = server.getEndpointUrl();
const certificate = server.getCertificate().toString("base64");
console.log(JSON.stringify({ url, certificate, namespace: space.namespaceUri }));
process.stdin.on("end", async () => {
  clearInterval(ticking);
  await server.shutdown(0);
  process.exit(0);
}).resume();
