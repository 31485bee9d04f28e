/**
 * The echo port: an HTTP/1 reader that keeps nginx's rules, and the answer.
 *
 * <p>The port runs on Vert.x's event loops with a reader of its own, and not on its {@code HttpServer}, because an
 * echo server that takes nginx's place has to answer what nginx answers. Of the 1569 connections of the differential
 * test, a handler of a dozen lines on Vert.x's {@code HttpServer} (5.2.3, with nginx's limits set) answers 827 with other
 * statuses and 1026 with other statuses or echoes; this package does so with none but those listed in the test. HTTP/0.9,
 * a bare LF, what makes a Host valid, fields that are read over, the buffers of a head, conditional requests and the
 * moment of a refusal are nothing that a handler could mend. Speed is not the reason: with kept connections such a handler
 * takes as much CPU per request (1.00, 0.97 to 1.29), though 143 MB instead of 91 under load (docs/benchmarks.md).
 *
 * <p>The bytes of a read go {@code EchoConnection} → {@code RequestReader} ({@code
 * RequestLineReader}, then {@code FieldReader}) → {@code RequestHead} → {@code Answers} → one write.
 *
 * <p>A request that asks for something else ({@code RequestHead.asks}, a look at what was read anyway) leaves this path
 * for {@code AnswerComposer}, which makes a {@code Reply}; one that takes its time, or more than one write, is a {@code
 * PacedReply}, during which its connection is not read.
 *
 * <p>HTTP/2 goes the same way: {@code Http2EchoConnection} has {@code Http2Head} write a request as the lines that it would
 * be in HTTP/1, and {@code Http2Answer} take an answer apart again. Frames, their flow and their limits are Netty's
 * ({@code Http2Frames}), since HTTP/2 leaves no room for the habits of one server.
 */
@NullMarked
package io.kubeecho.echo.http;

import org.jspecify.annotations.NullMarked;
