package io.kubeecho.load.drive;

import io.kubeecho.load.address.SourceAddresses;
import io.kubeecho.load.connection.ConnectionPolicy;
import io.kubeecho.load.connection.Request;
import io.kubeecho.load.connection.Tls;
import io.kubeecho.load.identity.IdentityRule;
import io.kubeecho.load.measure.SessionAffinity;
import io.kubeecho.load.schedule.Schedule;
import io.kubeecho.load.schedule.Shard;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Everything that decides a run.
 *
 * @param requests sent in turn, at least one
 * @param http how requests are carried
 * @param model when to send
 * @param policy how long connections are kept
 * @param clients each with at most one request in flight, and one source address
 * @param sources dealt out to the clients in turn
 * @param identity how to tell who answered
 * @param timeout of a request, from its send, and of a connect
 * @param interval of the series
 * @param loops event loops, at least 1 and at most as many as clients
 * @param affinity what is expected of the Service
 * @param endpoints how many pods there are, where that is known
 * @param startAt when the warm-up begins; empty for as soon as connections are open
 */
public record LoadPlan(
        List<Request> requests,
        HttpKind http,
        Tls tls,
        Model model,
        ConnectionPolicy policy,
        int clients,
        SourceAddresses sources,
        IdentityRule identity,
        Duration timeout,
        Duration interval,
        int loops,
        SessionAffinity affinity,
        Optional<Integer> endpoints,
        Optional<Instant> startAt) {

    /** How requests are carried. */
    public enum HttpKind {
        /** HTTP/1.1, in the clear or over TLS. */
        HTTP1,
        /** The same through Vert.x's HttpClient, to compare the two ways. */
        HTTP1_BY_VERTX,
        /** HTTP/2: over TLS by ALPN, in the clear with prior knowledge (h2c). */
        HTTP2
    }

    /** What makes a request be sent. */
    public sealed interface Model {

        /** What is measured ends after this. */
        Duration duration();

        /** When the last send is over that may be due, in nanoseconds from the start of what is measured. */
        default long endNanos() {
            return duration().toNanos();
        }

        /** Time before what is measured. */
        Duration warmup();

        /** What is measured ends after so many requests. */
        long count();

        /** The part of it that is a shard's. */
        Model of(Shard shard);
    }

    /** The schedule, however slow the target is. */
    public record Open(Schedule schedule) implements Model {

        @Override
        public Duration duration() {
            return schedule.duration();
        }

        @Override
        public long endNanos() {
            return schedule.endNanos();
        }

        @Override
        public Duration warmup() {
            return schedule.warmup();
        }

        @Override
        public long count() {
            return schedule.ownCount();
        }

        @Override
        public Model of(Shard shard) {
            return new Open(schedule.of(shard));
        }
    }

    /** Each client's last answer: a slow target is asked less, so its slowness counts for less than it should. */
    public record Closed(Duration warmup, Duration duration, long count) implements Model {

        @Override
        public Model of(Shard shard) {
            return new Closed(warmup, duration, shard.of(count));
        }
    }

    public LoadPlan {
        requests = List.copyOf(requests);
        if (requests.isEmpty()) {
            throw new IllegalArgumentException("a load has at least one request");
        }
        if (clients < 1 || loops < 1 || loops > clients) {
            throw new IllegalArgumentException("needs at least one client, and no more event loops than clients");
        }
    }

    /** The same plan, with this expected of the Service. */
    public LoadPlan expecting(SessionAffinity other) {
        return new LoadPlan(
                requests, http, tls, model, policy, clients, sources, identity, timeout, interval, loops, other,
                endpoints, startAt);
    }

    /** A load that begins as soon as connections are open. */
    public LoadPlan(
            List<Request> requests,
            HttpKind http,
            Tls tls,
            Model model,
            ConnectionPolicy policy,
            int clients,
            SourceAddresses sources,
            IdentityRule identity,
            Duration timeout,
            Duration interval,
            int loops,
            SessionAffinity affinity,
            Optional<Integer> endpoints) {
        this(
                requests,
                http,
                tls,
                model,
                policy,
                clients,
                sources,
                identity,
                timeout,
                interval,
                loops,
                affinity,
                endpoints,
                Optional.empty());
    }

    /**
     * A shard's part of this plan: its sends, its clients, its source addresses and its share of the churn. No source
     * address is in two shards, so that what is followed by source can be added up.
     *
     * @throws IllegalArgumentException if there is not at least one of everything for each shard
     */
    public LoadPlan of(Shard shard) {
        if (shard.isWhole()) {
            return this;
        }
        if (!sources.literals().isEmpty()) {
            requireEnough(sources.literals().size(), "source addresses", shard);
        }
        requireEnough(clients, "clients", shard);
        requireEnough(model.count(), "requests", shard);
        return new LoadPlan(
                requests,
                http,
                tls,
                model.of(shard),
                policy instanceof ConnectionPolicy.Churn churn
                        ? new ConnectionPolicy.Churn(churn.perSecond() / shard.count())
                        : policy,
                (int) shard.of(clients),
                new SourceAddresses(shard.of(sources.literals())),
                identity,
                timeout,
                interval,
                loops,
                affinity,
                endpoints,
                startAt);
    }

    private static void requireEnough(long there, String what, Shard shard) {
        if (there < shard.count()) {
            throw new IllegalArgumentException(
                    there + " " + what + " cannot be dealt out among " + shard.count() + " shards");
        }
    }
}
