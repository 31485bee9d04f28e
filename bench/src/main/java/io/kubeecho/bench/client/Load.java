package io.kubeecho.bench.client;

import io.kubeecho.bench.server.ProcessFigures;
import io.kubeecho.bench.server.RunningServer;
import java.io.IOException;

/** A closed load: as many requests as a server answers. */
public interface Load {

    /**
     * What a load came to.
     *
     * @param requests that were answered
     * @param seconds that it took
     * @param cpu of the server meanwhile
     */
    record Result(long requests, double seconds, ProcessFigures.Cpu cpu) {

        /** CPU time of the server, user and system, in microseconds. */
        public double cpuMicrosPerRequest() {
            return cpu.total() * 1e6 / requests;
        }

        public double requestsPerSecond() {
            return requests / seconds;
        }
    }

    /**
     * Loads a server so that a JVM compiles what there is to do, by loads of 2 s after one another.
     *
     * <p>By several, because the end of a load is new to compiled code: the first time that connections are reset, what C2
     * took for never happening is thrown away with all that depends on it. Compiling it again takes seconds of CPU time,
     * which after a single load would be measured with the next.
     */
    default void warmUp(RunningServer server) throws IOException, InterruptedException {
        for (int load = 0; load < warmUpLoads(); load++) {
            run(server, 2);
        }
    }

    /** How many loads warm a server up. */
    default int warmUpLoads() {
        return 4;
    }

    /**
     * Loads a server.
     *
     * @param seconds at least 1
     * @throws IOException when a request failed: such a figure would be of something else
     */
    Result run(RunningServer server, int seconds) throws IOException, InterruptedException;
}
