package io.cobrowse.load.capacity;

import java.util.List;
import org.apache.commons.math3.distribution.TDistribution;
import org.apache.commons.math3.exception.MathIllegalStateException;
import org.apache.commons.math3.fitting.leastsquares.LeastSquaresBuilder;
import org.apache.commons.math3.fitting.leastsquares.LeastSquaresOptimizer.Optimum;
import org.apache.commons.math3.fitting.leastsquares.LevenbergMarquardtOptimizer;
import org.apache.commons.math3.fitting.leastsquares.MultivariateJacobianFunction;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.ArrayRealVector;
import org.apache.commons.math3.linear.RealVector;
import org.apache.commons.math3.util.Pair;
import org.jspecify.annotations.Nullable;

/**
 * The Universal Scalability Law (Gunther, 2007): throughput at load N is lambda N / (1 + sigma (N - 1) + kappa N (N - 1)).
 * Immutable.
 *
 * @param lambda throughput of one
 * @param sigma contention, 0 for none
 * @param kappa coherency, 0 for none
 */
public record Usl(Estimate lambda, Estimate sigma, Estimate kappa) {
    private static final int PARAMETERS = 3;
    private static final int MAX_EVALUATIONS = 10_000;
    /** Below this a coefficient is none. */
    private static final double LEAST = 1e-12;

    /** The throughput that is to be expected at a load. */
    public double at(double load) {
        return lambda.value() * load / denominator(load, sigma.value(), kappa.value());
    }

    private static double denominator(double load, double sigma, double kappa) {
        return 1 + sigma * (load - 1) + kappa * load * (load - 1);
    }

    /** The load of the greatest throughput; infinite where it does not go back. */
    public double peak() {
        return kappa.value() <= LEAST
                ? Double.POSITIVE_INFINITY
                : Math.sqrt(Math.max(0, 1 - sigma.value()) / kappa.value());
    }

    /**
     * Fits the law to measurements by least squares (Levenberg-Marquardt), with coefficients from 0 upward.
     *
     * @param loads above 0
     * @param throughputs at these loads
     * @return null where there are fewer than four different loads, or no fit is found
     */
    static @Nullable Usl fit(List<Double> loads, List<Double> throughputs) {
        if (loads.stream().distinct().count() <= PARAMETERS) {
            return null;
        }
        double[] n = loads.stream().mapToDouble(Double::doubleValue).toArray();
        double[] x = throughputs.stream().mapToDouble(Double::doubleValue).toArray();
        try {
            Optimum optimum = new LevenbergMarquardtOptimizer()
                    .optimize(new LeastSquaresBuilder()
                            .model(model(n))
                            .target(x)
                            .start(new double[] {x[0] / n[0], 0.01 / n[n.length - 1], 0.01 / n[n.length - 1]})
                            .parameterValidator(point -> point.map(value -> Math.max(0, value)))
                            .maxEvaluations(MAX_EVALUATIONS)
                            .maxIterations(MAX_EVALUATIONS)
                            .build());
            return of(optimum, n.length);
        } catch (MathIllegalStateException noFit) {
            return null;
        }
    }

    private static MultivariateJacobianFunction model(double[] n) {
        return point -> {
            double lambda = point.getEntry(0);
            double sigma = point.getEntry(1);
            double kappa = point.getEntry(2);
            RealVector values = new ArrayRealVector(n.length);
            Array2DRowRealMatrix jacobian = new Array2DRowRealMatrix(n.length, PARAMETERS);
            for (int i = 0; i < n.length; i++) {
                double denominator = denominator(n[i], sigma, kappa);
                double one = n[i] / denominator;
                values.setEntry(i, lambda * one);
                jacobian.setEntry(i, 0, one);
                jacobian.setEntry(i, 1, -lambda * one * (n[i] - 1) / denominator);
                jacobian.setEntry(i, 2, -lambda * one * n[i] * (n[i] - 1) / denominator);
            }
            return new Pair<>(values, jacobian);
        };
    }

    private static Usl of(Optimum optimum, int measurements) {
        int freedom = measurements - PARAMETERS;
        double t = new TDistribution(freedom).inverseCumulativeProbability(0.975);
        double scale = Math.sqrt(optimum.getCost() * optimum.getCost() / freedom);
        Estimate[] estimates = new Estimate[PARAMETERS];
        RealVector errors;
        try {
            errors = optimum.getSigma(1e-30).mapMultiply(scale * t);
        } catch (org.apache.commons.math3.linear.SingularMatrixException atTheEdge) {
            errors = new ArrayRealVector(PARAMETERS, Double.NaN);
        }
        for (int i = 0; i < PARAMETERS; i++) {
            double value = Math.max(0, optimum.getPoint().getEntry(i));
            estimates[i] = new Estimate(value, Math.max(0, value - errors.getEntry(i)), value + errors.getEntry(i));
        }
        return new Usl(estimates[0], estimates[1], estimates[2]);
    }
}
