PRAGMA application_id = 1213223729;
BEGIN TRANSACTION;
CREATE TABLE evaluation (
	id INTEGER NOT NULL, 
	study_id INTEGER NOT NULL, 
	number INTEGER NOT NULL, 
	purpose VARCHAR NOT NULL, 
	repeat INTEGER NOT NULL, 
	fold INTEGER NOT NULL, 
	epochs INTEGER NOT NULL, 
	state VARCHAR NOT NULL, 
	epoch INTEGER, 
	reason VARCHAR NOT NULL, 
	train_loss DOUBLE, 
	train_score DOUBLE, 
	validation_loss DOUBLE, 
	validation_score DOUBLE, 
	seconds DOUBLE NOT NULL, 
	curve BLOB, details VARCHAR, 
	CONSTRAINT pk_evaluation PRIMARY KEY (id), 
	CONSTRAINT fk_evaluation_study_id_study FOREIGN KEY(study_id) REFERENCES study (id) ON DELETE CASCADE, 
	CONSTRAINT uq_evaluation_study_id UNIQUE (study_id, number, purpose, repeat, fold, epochs)
);
INSERT INTO "evaluation" VALUES(1,1,3,'search',0,0,2,'complete',NULL,'',2.49135080973307276863e+00,1.06666666666666673513e-01,2.4865961710611981239e+00,1.06666666666666673513e-01,1.66109500059974379837e-03,X'23C92040E2852040FBDD1F400E74DA3D0E74DA3DC2BE1F4064241F400E74DA3D0E74DA3D',NULL);
INSERT INTO "evaluation" VALUES(2,1,3,'search',0,1,2,'complete',NULL,'',2.59183736165364564385e+00,6.66666666666666657414e-02,2.60123860677083351689e+00,0.1,1.66109500059974379837e-03,X'5D022840D89B2740FC8B26408988883D8988883D12902740B17A2640CDCCCC3DCDCCCC3D',NULL);
INSERT INTO "evaluation" VALUES(3,1,1,'search',0,0,2,'complete',NULL,'',2.86547213236490883048e+00,0.08,2.87854642232259116951e+00,1.13333333333333327597e-01,1.25747600031900219619e-03,X'6656524089504C4076703E404B7EB13D0AD7A33D89E343401B3A38404F1BE83D4F1BE83D',NULL);
INSERT INTO "evaluation" VALUES(4,1,1,'search',0,1,2,'complete',NULL,'',2.3204633331298829546e+00,1.33333333333333331482e-01,2.29338157653808583091e+00,1.5333333333333332149e-01,1.25747600031900219619e-03,X'40541740B1C7164091661540295C0F3EC92F163E7C141440C4C612406A031D3E6A031D3E',NULL);
INSERT INTO "evaluation" VALUES(5,1,2,'search',0,0,2,'complete',NULL,'',2.58282595316569,8.66666666666666696272e-02,2.57936411539713539298e+00,8.66666666666666696272e-02,2.22165649938688147813e-03,X'6FB12540C69E2540A26C25404B7EB13D4B7EB13D8B3F25404D1425404B7EB13D4B7EB13D',NULL);
INSERT INTO "evaluation" VALUES(6,1,2,'search',0,1,2,'complete',NULL,'',2.3569930521647135535e+00,1.46666666666666667406e-01,2.38159032185872376885e+00,0.14,2.22165649938688147813e-03,X'44E416407AE216402BDD1640C92F163E6A031D3EEA6F1840FA6B1840295C0F3E295C0F3E',NULL);
INSERT INTO "evaluation" VALUES(7,1,0,'search',0,0,2,'complete',NULL,'',2.30407272338867175065e+00,1.06666666666666673513e-01,2.3253499857584634114e+00,0.08,3.75454149980214424431e-03,X'F6472240A3131E40018616404B7EB13D0E74DA3DE7461A4089D21440C92F963D0AD7A33D',NULL);
INSERT INTO "evaluation" VALUES(8,1,0,'search',0,1,2,'complete',NULL,'',2.40090538024902322433e+00,6.66666666666666657414e-02,2.39593673706054666183e+00,4.66666666666666687945e-02,3.75454149980214424431e-03,X'15711D40ED901C4090C11A408988883D8988883D1DD01A40075719408988083D8C253F3D',NULL);
INSERT INTO "evaluation" VALUES(9,1,1,'confirm',1,0,2,'complete',NULL,'',2.32327128092447932061e+00,6.66666666666666657414e-02,2.29112083435058577762e+00,8.66666666666666696272e-02,2.01222599935135804116e-03,X'B6491540D82F154052E214400AD7A33D8988883D07DD1240B9A112404B7EB13D4B7EB13D',NULL);
INSERT INTO "evaluation" VALUES(10,1,1,'confirm',2,0,2,'complete',NULL,'',2.32678866068522127719e+00,1.86666666666666675178e-01,2.33289332071940114232e+00,1.5333333333333332149e-01,1.8944709991046693176e-03,X'ECFA1540D5D01540D23F15400AD7233EABAA2A3EB1D91540204E15406A031D3E6A031D3E',NULL);
INSERT INTO "evaluation" VALUES(11,1,1,'confirm',1,1,2,'complete',NULL,'',2.31670939127604169627e+00,9.33333333333333375891e-02,2.32089963277181,0.1,7.88747400292777456343e-03,X'E1291540E7031540908E14408FC2F53D4B7EB13DBDEC14409F8914408C25BF3DCDCCCC3D',NULL);
INSERT INTO "evaluation" VALUES(12,1,1,'confirm',2,1,2,'complete',NULL,'',2.38357320149739582149e+00,8.66666666666666696272e-02,2.34376136779785149144e+00,9.33333333333333375891e-02,0.00415704900296987,X'06AC194036761940A9E118408C25BF3D4B7EB13D0552164030001640CDCCCC3D8C25BF3D',NULL);
INSERT INTO "evaluation" VALUES(13,1,1,'confirm',3,1,2,'complete',NULL,'',2.3988252003987629024e+00,1.5333333333333332149e-01,2.3989821116129559364e+00,0.16,4.15725900165853090584e-03,X'F9122D407CC12740BB821D40C92F163E295C0F3EB33F2040EC8819400AD7233E0AD7233E',NULL);
INSERT INTO "evaluation" VALUES(14,1,1,'confirm',3,0,2,'complete',NULL,'',2.37248875935872405307e+00,1.13333333333333327597e-01,2.36243494669596332258e+00,0.14,7.40818299891543574631e-03,X'F8A81940BD5219405D6218404F1BE83D8FC2F53DA9201840223217408FC2F53D295C0F3E',NULL);
INSERT INTO "evaluation" VALUES(15,1,1,'confirm',4,0,2,'complete',NULL,'',2.28384872436523433947e+00,1.86666666666666675178e-01,2.27989102681477850964e+00,2.06666666666666665186e-01,1.6859219977050088346e-03,X'69881240907F1240D0501240B81E853E6A031D3E2A171240BCE91140CDCC4C3E6DA0533E',NULL);
INSERT INTO "evaluation" VALUES(16,1,1,'confirm',4,1,2,'complete',NULL,'',2.3326199086507162228e+00,0.12,2.38193216959635423179e+00,1.13333333333333327597e-01,1.8463999986124690622e-03,X'506617405FF81640D5DA1540CDCCCC3D4F1BE83DCAAD1940947118408FC2F53D4F1BE83D',NULL);
CREATE TABLE hpsearch_alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT hpsearch_alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "hpsearch_alembic_version" VALUES('0002');
CREATE TABLE stage (
	study_id INTEGER NOT NULL, 
	number INTEGER NOT NULL, 
	space VARCHAR NOT NULL, 
	trial_count INTEGER NOT NULL, 
	first_number INTEGER NOT NULL, verdicts VARCHAR, 
	CONSTRAINT pk_stage PRIMARY KEY (study_id, number), 
	CONSTRAINT fk_stage_study_id_study FOREIGN KEY(study_id) REFERENCES study (id) ON DELETE CASCADE
);
INSERT INTO "stage" VALUES(1,1,'[["lr", {"low": 0.0001, "high": 1, "scale": "log"}], ["wd", {"low": 1e-06, "high": 0.1, "scale": "log", "off": true}]]',4,0,'{"judgement": {"stop": null, "counts": {"learned": 0, "slow": 3, "stuck": 0, "diverged": 0, "failed": 0}, "tied": 0, "error": null, "verdicts": {"lr": {"action": "keep", "low_side": "keep", "high_side": "keep", "low": 0.0001, "high": 1.0, "evidence": {"reason": "too_few_trials", "trials": 3, "elites": 0, "counts": {"learned": 0, "slow": 3, "stuck": 0, "diverged": 0, "failed": 0}, "tied": 0, "memorised": 0, "statistic": null, "p": null, "span": null, "low": null, "high": null, "choices": [], "from": {"low": 0.0001, "high": 1.0, "scale": "log"}, "to": {"low": 0.0001, "high": 1.0, "scale": "log"}, "sentence": "kept: 3 trials are too few to judge a range"}}, "wd": {"action": "keep", "low_side": "keep", "high_side": "keep", "low": 1e-06, "high": 0.1, "evidence": {"reason": "too_few_trials", "trials": 3, "elites": 0, "counts": {"learned": 0, "slow": 3, "stuck": 0, "diverged": 0, "failed": 0}, "tied": 0, "memorised": 0, "statistic": null, "p": null, "span": null, "low": null, "high": null, "choices": [], "from": {"low": 1e-06, "high": 0.1, "scale": "log", "off": true}, "to": {"low": 1e-06, "high": 0.1, "scale": "log", "off": true}, "sentence": "kept: 3 trials are too few to judge a range"}}}}, "finalists": [1], "repeats": 4, "overrides": []}');
CREATE TABLE study (
	id INTEGER NOT NULL, 
	name VARCHAR NOT NULL, 
	spec VARCHAR NOT NULL, 
	data VARCHAR NOT NULL, 
	versions VARCHAR NOT NULL, 
	created_at VARCHAR NOT NULL, 
	CONSTRAINT pk_study PRIMARY KEY (id), 
	CONSTRAINT uq_study_name UNIQUE (name)
);
INSERT INTO "study" VALUES(1,'old','{"data": {"name": "digits", "rows": 300}, "split": {"folds": 2}, "network": {"hidden": [4], "activation": "relu", "slope": 0.01, "init": "he", "batchnorm": "off", "bn_running": "unbiased", "residual": false}, "training": {"optimizer": "sgd", "momentum": 0.9, "beta1": 0.9, "beta2": 0.999, "rho": 0.99, "eps": null, "eps_inside": false, "adam_eps": "standard", "schedule": "constant", "warmup": 0.0, "batch": 32, "epochs": 2, "wd_mode": "coupled", "l1": 0.0, "max_norm": 0.0, "dropout": 0.0, "dropout_mode": "inverted", "clip_value": 0.0, "clip_norm": 0.0, "label_smoothing": 0.0, "early_stopping": 0, "ensemble": 1, "score": "last", "minibatches": "permutation", "dtype": "float32"}, "space": {"lr": {"low": 0.0001, "high": 1, "scale": "log"}, "wd": {"low": 1e-06, "high": 0.1, "scale": "log", "off": true}}, "search": {"sampler": "random", "seed": 0, "stages": 1, "prune": "none", "confirm": 1, "baseline": true, "try": []}}','{"fingerprint": "f2be31d80a032482fc4ebf671f3088171cc72c7de7c5d1dde33bce52d73cab55", "rows": 300, "validation_rows": 300, "test_rows": 1497, "class_count": 10, "majority_share": 0.13, "constant_loss": 2.278593235074467, "is_function": false, "features": 64}','{"python": "3.11.7", "hpsearch": "0.1.0", "numpy": "2.4.6", "scikit-learn": "1.9.1", "blas": "openblas 0.3.31.188.0 SkylakeX"}','2026-11-22T06:06:22.640418+00:00');
CREATE TABLE trial (
	study_id INTEGER NOT NULL, 
	number INTEGER NOT NULL, 
	stage INTEGER NOT NULL, 
	configuration VARCHAR NOT NULL, 
	state VARCHAR NOT NULL, 
	epoch INTEGER, 
	reason VARCHAR NOT NULL, 
	score DOUBLE, 
	finished_at VARCHAR NOT NULL, origin VARCHAR DEFAULT 'sampler' NOT NULL, 
	CONSTRAINT pk_trial PRIMARY KEY (study_id, number), 
	CONSTRAINT fk_trial_study_id_stage FOREIGN KEY(study_id, stage) REFERENCES stage (study_id, number) ON DELETE CASCADE
);
INSERT INTO "trial" VALUES(1,3,1,'{"lr": 0.0013293511991786604, "wd": "off"}','complete',NULL,'',1.03333333333333332593e-01,'2026-11-22T06:06:22.730275+00:00','sampler');
INSERT INTO "trial" VALUES(1,1,1,'{"lr": 0.00465645873611273, "wd": 0.006135692066710183}','complete',NULL,'',1.33333333333333331482e-01,'2026-11-22T06:06:22.737922+00:00','sampler');
INSERT INTO "trial" VALUES(1,2,1,'{"lr": 0.0001669203158769087, "wd": 0.01166096135790553}','complete',NULL,'',1.13333333333333341474e-01,'2026-11-22T06:06:22.744084+00:00','sampler');
INSERT INTO "trial" VALUES(1,0,1,'{"lr": 0.01, "wd": "off"}','complete',NULL,'',6.33333333333333386994e-02,'2026-11-22T06:06:22.789614+00:00','default');
CREATE INDEX ix_trial_score ON trial (study_id, score);
CREATE TRIGGER trial_never_changes BEFORE UPDATE ON trial BEGIN SELECT RAISE(ABORT, 'trial rows are never changed'); END;
CREATE TRIGGER evaluation_never_changes BEFORE UPDATE ON evaluation BEGIN SELECT RAISE(ABORT, 'evaluation rows are never changed'); END;
COMMIT;
