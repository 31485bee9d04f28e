package io.kubeecho.echo.budget;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ByteBudgetTest {

    @Test
    void whatIsTakenIsHeldUntilItIsGivenBack() {
        ByteBudget budget = new ByteBudget(1600);

        assertThat(budget.take(Holding.HEAD, 1000)).isTrue();
        assertThat(budget.take(Holding.ANSWER, 501)).isFalse();
        assertThat(budget.take(Holding.ANSWER, 500)).isTrue();
        assertThat(budget.held()).isEqualTo(1500);
        assertThat(budget.held(Holding.HEAD)).isEqualTo(1000);
        assertThat(budget.refused(Holding.ANSWER)).isEqualTo(1);
        assertThat(budget.refused(Holding.HEAD)).isZero();

        budget.release(Holding.HEAD, 1000);
        assertThat(budget.held()).isEqualTo(500);
        assertThat(budget.take(Holding.ANSWER, 501)).isTrue();
    }

    @Test
    void whereRequestsAreRefusedConnectionsCanStillBeAccepted() {
        ByteBudget budget = new ByteBudget(1600);

        assertThat(budget.take(Holding.HEAD, 1500)).isTrue();
        assertThat(budget.take(Holding.HEAD, 1)).isFalse();
        assertThat(budget.take(Holding.CONNECTION, 100)).isTrue();
        assertThat(budget.take(Holding.CONNECTION, 1)).isFalse();
    }

    @Test
    void theSlowestAreAskedForRoomBeforeItIsUsedUp() {
        ByteBudget budget = new ByteBudget(1600);

        AtomicInteger asked = new AtomicInteger();
        budget.whenTight(asked::incrementAndGet);

        assertThat(budget.take(Holding.HEAD, 1400)).isTrue();
        assertThat(asked).hasValue(0);
        assertThat(budget.take(Holding.HEAD, 1)).isTrue();
        assertThat(asked).hasValue(1);
        assertThat(budget.excess()).isEqualTo(201);
        budget.release(Holding.HEAD, 300);
        assertThat(budget.excess()).isZero();
    }

    @Test
    void manyThreadsNeverHoldMoreThanThereIs() throws Exception {
        ByteBudget budget = new ByteBudget(1600);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<Boolean>> takers = java.util.stream.IntStream.range(0, 4)
                    .mapToObj(i -> threads.submit(() -> {
                        boolean bounded = true;
                        for (int round = 0; round < 50_000; round++) {
                            if (budget.take(Holding.BODY, 700)) {
                                // two at the most, and what others have tried for a moment
                                bounded &= budget.held(Holding.BODY) <= 1400;
                                budget.release(Holding.BODY, 700);
                            }
                        }
                        return bounded;
                    }))
                    .toList();
            for (Future<Boolean> taker : takers) {
                assertThat(taker.get()).isTrue();
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(budget.held()).isZero();
    }

    @Test
    void aBudgetOfNothingIsNone() {
        assertThatIllegalArgumentException().isThrownBy(() -> new ByteBudget(0));
    }

    @Test
    void connectionsCanHoldNeitherTheWholeHeapNorAllOfTheDirectMemory() {
        assertThat(new JvmMemory(64 << 20, 64 << 20).mostForConnections()).isEqualTo(24 << 20);
        assertThat(new JvmMemory(64 << 20, 32 << 20).mostForConnections()).isEqualTo(20 << 20);
    }
}
