/** A program to be broken: an HTTP server on the loopback port that it is given, which answers everything with 200. */
import { createServer } from 'node:http';

createServer((_, response) => response.end('{"fine":true}')).listen(Number(process.argv[2]), '127.0.0.1');
